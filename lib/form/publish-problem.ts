/**
 * What stops a definition from being published (`error`) or should be looked at first (`warning`). `path` names the
 * place: a question, page or score id, `repeat.question`, or a JSON path when the document itself is malformed.
 */
export type PublishCode =
  | 'malformed'
  | 'too-large'
  | 'too-many-fields'
  | 'no-question'
  | 'duplicate-id'
  | 'duplicate-option'
  | 'id-reserved'
  | 'id-reused-for-another-type'
  | 'option-removed'
  | 'no-option'
  | 'label-missing'
  | 'cycle'
  | 'unknown-operator'
  | 'wrong-argument-count'
  | 'unknown-reference'
  | 'reference-out-of-place'
  | 'pattern-refused'
  | 'required-cannot-be-answered'
  | 'range-reversed'
  | 'unit-missing'
  | 'unit-not-convertible'
  | 'unknown-record-target'
  | 'record-type'
  | 'record-unit'
  | 'record-range'
  | 'record-codes'
  | 'record-code'
  | 'record-twice'
  | 'bands-overlap'
  | 'registration-only'
  | 'type-not-in-registration'
  | 'unknown-base'
  | 'base-type'
  | 'base-codes'
  | 'base-twice'
  | 'name-missing';

export interface PublishProblem {
  readonly severity: 'error' | 'warning';
  readonly code: PublishCode;
  readonly path: string;
  readonly params: { readonly [name: string]: string | number };
}

export const error = (code: PublishCode, path: string, params: PublishProblem['params'] = {}): PublishProblem => ({
  severity: 'error',
  code,
  path,
  params,
});

export const warning = (code: PublishCode, path: string, params: PublishProblem['params'] = {}): PublishProblem => ({
  severity: 'warning',
  code,
  path,
  params,
});
