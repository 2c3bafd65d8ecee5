'use client';
import type { ComponentProps } from 'react';
import { Field, type FieldText } from './field.tsx';

/** How every one-line control looks; its width is the caller's. 16 px type: a smaller one makes phones zoom in. */
export const controlLook =
  'min-h-12 min-w-0 rounded-2 border border-border-strong bg-surface-2 px-3 text-base text-text transition-colors aria-invalid:border-2 aria-invalid:border-danger disabled:bg-surface-3 disabled:text-text-2 [&[readonly]]:bg-surface-3';

/** The same over the full width. */
export const controlClass = `w-full ${controlLook}`;

export type TextInputProps = FieldText &
  Omit<ComponentProps<'input'>, 'value' | 'onChange'> & { value: string; onChange: (value: string) => void };

/** One line of text. */
export function TextInput({
  label,
  hint,
  error,
  requiredText,
  optionalText,
  id,
  value,
  onChange,
  ...rest
}: TextInputProps) {
  return (
    <Field {...{ label, hint, error, requiredText, optionalText, id }}>
      {(control) => (
        <input
          type="text"
          autoComplete="off"
          {...rest}
          {...control}
          dir={rest.dir ?? 'auto'}
          className={controlClass}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
