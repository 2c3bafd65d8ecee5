import type { ReactNode } from 'react';
import { type FormField, labelIn, type RepeatField } from '../../../lib/form/definition.ts';
import { fieldPath } from '../../../lib/form/filled-form.ts';
import { FORM_LIMITS } from '../../../lib/form/limits.ts';
import { newId } from '../../device/new-id.ts';
import { Button } from '../../ui/button.tsx';
import { FieldGroup } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useForm, useFormText } from './form-context.ts';
import type { QuestionProps } from './question.ts';

type RenderField = (field: FormField, path: string) => ReactNode;

/** The same questions again for each row: each child, each medicine. */
export function RepeatQuestion({
  field,
  path,
  state,
  words,
  renderField,
}: QuestionProps<RepeatField> & { renderField: RenderField }) {
  const store = useForm();
  const { t, language } = useText();
  const most = field.maxRows ?? FORM_LIMITS.repeatRows;
  const addText = labelIn(field.addLabel, language, store.definition) || t('form.addRow');
  return (
    <FieldGroup {...words}>
      {state.rows.map(({ rowId, label }, index) => (
        <div key={rowId} className="flex flex-col gap-4 rounded-2 border border-border p-4">
          <div className="flex items-center gap-2">
            <p className="grow font-semibold">
              <bdi>{label || t('form.rowNumber', { row: index + 1 })}</bdi>
            </p>
            <IconButton
              icon="trash"
              label={t('form.removeRow', { row: index + 1 })}
              onClick={() => store.step({ kind: 'remove-row', fieldId: path, rowId })}
            />
          </div>
          <RowFields field={field} rowId={rowId} renderField={renderField} />
        </div>
      ))}
      {state.rows.length < most && (
        <Button icon="plus" onClick={() => store.step({ kind: 'add-row', fieldId: path, rowId: newId() })}>
          {addText}
        </Button>
      )}
    </FieldGroup>
  );
}

function RowFields({ field, rowId, renderField }: { field: RepeatField; rowId: string; renderField: RenderField }) {
  const pathOf = (id: string) => fieldPath(id, field.id, rowId);
  const shown = useFormText((store) =>
    field.fields
      .filter(({ id }) => store.evaluation().visible.has(pathOf(id)))
      .map(({ id }) => id)
      .join(' '),
  ).split(' ');
  return field.fields.filter(({ id }) => shown.includes(id)).map((inner) => renderField(inner, pathOf(inner.id)));
}
