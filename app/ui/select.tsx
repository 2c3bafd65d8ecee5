'use client';
import type { ComponentProps } from 'react';
import { Field, type FieldText } from './field.tsx';
import { Icon } from './icon.tsx';
import { controlClass } from './text-input.tsx';

export type Option = { value: string; label: string; hint?: string | undefined; disabled?: boolean };

/** One of many, with the phone's own picker: known to every user, and it scrolls with the thumb. `emptyText` is shown while nothing is chosen. */
export function Select({
  label,
  hint,
  error,
  requiredText,
  optionalText,
  id,
  options,
  value,
  onChange,
  emptyText,
  ...rest
}: FieldText &
  Omit<ComponentProps<'select'>, 'value' | 'onChange' | 'children'> & {
    options: readonly Option[];
    value: string | null;
    onChange: (value: string | null) => void;
    emptyText: string;
  }) {
  return (
    <Field {...{ label, hint, error, requiredText, optionalText, id }}>
      {(control) => (
        <div className="relative">
          <select
            {...rest}
            {...control}
            className={`${controlClass} appearance-none pe-12`}
            value={value ?? ''}
            onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
          >
            <option value="">{emptyText}</option>
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="down" size={20} className="pointer-events-none absolute end-4 top-3.5 text-text-2" />
        </div>
      )}
    </Field>
  );
}
