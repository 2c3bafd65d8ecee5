'use client';
import { Field, type FieldText } from './field.tsx';
import { controlClass } from './text-input.tsx';

/** A calendar day near today, with the device's own picker. For a birth date take PartialDateInput: nobody scrolls back sixty years. */
export function DateInput({
  label,
  hint,
  error,
  requiredText,
  optionalText,
  id,
  value,
  onChange,
  min,
  max,
  disabled,
}: FieldText & {
  id?: string;
  /** `YYYY-MM-DD` or null. */
  value: string | null;
  onChange: (value: string | null) => void;
  min?: string;
  max?: string;
  disabled?: boolean;
}) {
  return (
    <Field {...{ label, hint, error, requiredText, optionalText, id }}>
      {(control) => (
        <input
          {...control}
          type="date"
          className={`${controlClass} max-w-60`}
          value={value ?? ''}
          min={min}
          max={max}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
        />
      )}
    </Field>
  );
}
