import type { FormField } from '../../../lib/form/definition.ts';
import type { FieldState } from './form-store.ts';

/** A question as its control sees it: what it asks, where its answer goes, and the words around it. */
export interface QuestionProps<Field extends FormField = FormField> {
  readonly field: Field;
  readonly path: string;
  readonly state: FieldState;
  readonly words: {
    readonly id: string;
    readonly label: string;
    readonly hint: string | undefined;
    readonly error: string | undefined;
    readonly requiredText: string | undefined;
  };
}

/** The id of a question's control on the page. */
export function questionId(path: string): string {
  return `q-${path}`;
}
