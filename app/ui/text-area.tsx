'use client';
import type { ComponentProps } from 'react';
import { Field, type FieldText } from './field.tsx';
import { controlClass } from './text-input.tsx';

/** Several lines; grows with what is typed where the browser can. */
export function TextArea({
  label,
  hint,
  error,
  requiredText,
  optionalText,
  id,
  value,
  onChange,
  ...rest
}: FieldText &
  Omit<ComponentProps<'textarea'>, 'value' | 'onChange'> & { value: string; onChange: (value: string) => void }) {
  return (
    <Field {...{ label, hint, error, requiredText, optionalText, id }}>
      {(control) => (
        <textarea
          rows={3}
          dir="auto"
          {...rest}
          {...control}
          className={`${controlClass} field-sizing-content max-h-96 min-h-24 resize-y py-3`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
