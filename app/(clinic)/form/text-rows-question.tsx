import type { FieldOf } from '../../../lib/form/definition.ts';
import { type Row, rowsInOrder } from '../../../lib/form/filled-form.ts';
import { newId } from '../../device/new-id.ts';
import { Button } from '../../ui/button.tsx';
import { FieldGroup } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useForm } from './form-context.ts';
import type { QuestionProps } from './question.ts';

/** Diagnoses or medicines in words, one a row. Free text has no code: never an invented one. */
export function TextRowsQuestion({
  field,
  path,
  state,
  words,
}: QuestionProps<FieldOf<'diagnosis'> | FieldOf<'medicine'>>) {
  const store = useForm();
  const { t } = useText();
  const rows = rowsInOrder(state.value);
  const most = field.multiple === true ? 50 : 1;
  return (
    <FieldGroup {...words}>
      {rows.map(([rowId, row], index) => (
        <TextRow
          key={rowId}
          row={row}
          label={t('form.rowLabel', { label: words.label, row: index + 1 })}
          removeText={t('form.removeRow', { row: index + 1 })}
          onChange={(text) => store.step({ kind: 'change-row', fieldId: path, rowId, row: { ...row, text } })}
          onRemove={() => store.step({ kind: 'remove-row', fieldId: path, rowId })}
        />
      ))}
      {rows.length < most && (
        <Button
          icon="plus"
          onClick={() => store.step({ kind: 'add-row', fieldId: path, rowId: newId(), row: { text: '' } })}
        >
          {t('form.addRow')}
        </Button>
      )}
    </FieldGroup>
  );
}

function TextRow({
  row,
  label,
  removeText,
  onChange,
  onRemove,
}: {
  row: Row;
  label: string;
  removeText: string;
  onChange: (text: string) => void;
  onRemove: () => void;
}) {
  return (
    <div className="flex items-end gap-1">
      <div className="min-w-0 grow">
        <TextInput label={label} value={String(row.text ?? '')} onChange={onChange} maxLength={300} />
      </div>
      <IconButton icon="trash" label={removeText} onClick={onRemove} />
    </div>
  );
}
