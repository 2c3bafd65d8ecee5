import type { FormDefinition, FormField } from '../../../lib/form/definition.ts';
import type { FilledForm } from '../../../lib/form/filled-form.ts';
import type { FormContext } from '../../../lib/form/form-context.ts';

type Loose<Field> = Field extends FormField ? Omit<Field, 'label' | 'options' | 'text'> & Partial<Field> : never;

/** A question in few words: the label is its id, options may be plain codes. */
export function ask(field: Loose<FormField> & { codes?: string[] }): FormField {
  const { codes, ...rest } = field;
  const options = codes?.map((code) => ({ code, label: { en: code } }));
  return { label: { en: field.id }, ...(options ? { options } : {}), ...rest } as FormField;
}

export const aForm = (fields: FormField[], more: Partial<FormDefinition> = {}): FormDefinition => ({
  format: 1,
  languages: ['en'],
  title: { en: 'A form' },
  pages: [{ id: 'page', fields }],
  ...more,
});

export const filledWith = (answers: FilledForm['answers'], more: Partial<FilledForm> = {}): FilledForm => ({
  answers,
  entered: {},
  missing: {},
  ...more,
});

export const onDay: FormContext = { occurredOn: '2026-11-21' };
