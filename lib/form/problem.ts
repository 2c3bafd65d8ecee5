/**
 * What is wrong with one answer. Every code has a label in `lib/text`; `params` fill it.
 *
 * | code | params | when |
 * | --- | --- | --- |
 * | required | | a required question without an answer or an allowed reason |
 * | missing-not-allowed | reason | a reason for no answer that the question does not allow |
 * | wrong-type | | the JSON is not of the question's type |
 * | unreadable-text | | NUL or an unpaired surrogate |
 * | too-long | max | more code points than allowed |
 * | pattern | | the text does not match; the question's `patternMessage` says more |
 * | below-minimum, above-maximum | min / max, unit | outside the hard range, or the limits of the vital sign |
 * | unusually-low, unusually-high | min / max, unit | outside the soft range, not yet confirmed (severity `confirm`) |
 * | too-many-decimals | decimals | |
 * | not-a-step | step | |
 * | unknown-unit | unit | typed in a unit the question does not offer |
 * | unit-mismatch | | what was typed does not convert to what is stored |
 * | invalid-date, invalid-time, invalid-date-time | | |
 * | date-too-early, date-too-late | min / max | |
 * | date-not-precise | precision | |
 * | unknown-option | code | |
 * | option-unavailable | code | the filter does not offer it |
 * | duplicate-choice | code | |
 * | exclusive-option | code | "none of these" together with another |
 * | too-few-choices, too-many-choices | min / max | |
 * | other-missing | | "other" without saying what |
 * | too-few-rows, too-many-rows | min / max | |
 * | row-text-missing, not-in-catalogue | | a diagnosis or medicine row |
 * | too-many-files | max | |
 */
export type ProblemCode =
  | 'required'
  | 'missing-not-allowed'
  | 'wrong-type'
  | 'unreadable-text'
  | 'too-long'
  | 'pattern'
  | 'below-minimum'
  | 'above-maximum'
  | 'unusually-low'
  | 'unusually-high'
  | 'too-many-decimals'
  | 'not-a-step'
  | 'unknown-unit'
  | 'unit-mismatch'
  | 'invalid-date'
  | 'invalid-time'
  | 'invalid-date-time'
  | 'date-too-early'
  | 'date-too-late'
  | 'date-not-precise'
  | 'unknown-option'
  | 'option-unavailable'
  | 'duplicate-choice'
  | 'exclusive-option'
  | 'too-few-choices'
  | 'too-many-choices'
  | 'other-missing'
  | 'too-few-rows'
  | 'too-many-rows'
  | 'row-text-missing'
  | 'not-in-catalogue'
  | 'too-many-files';

export type ProblemParams = { readonly [name: string]: string | number };

/** `refuse` stops the save; `confirm` needs a reason (`Entered.confirmed`) and then is gone. */
export interface Problem {
  readonly fieldId: string;
  /** The question that holds the rows and the row, for a question inside a repeat. */
  readonly repeatId?: string;
  readonly rowId?: string;
  readonly code: ProblemCode;
  readonly params: ProblemParams;
  readonly severity: 'refuse' | 'confirm';
}

/** A problem before it is known where it stands. */
export interface Finding {
  readonly code: ProblemCode;
  readonly params: ProblemParams;
  readonly severity: 'refuse' | 'confirm';
}

export const refuse = (code: ProblemCode, params: ProblemParams = {}): Finding => ({
  code,
  params,
  severity: 'refuse',
});
export const confirm = (code: ProblemCode, params: ProblemParams = {}): Finding => ({
  code,
  params,
  severity: 'confirm',
});
