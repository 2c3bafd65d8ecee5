'use client';
import type { ComponentProps } from 'react';
import { Icon } from './drawn-icon.tsx';
import { Field, type FieldText } from './field.tsx';
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
        <Picker
          {...rest}
          {...control}
          options={options}
          emptyText={emptyText}
          value={value ?? ''}
          onPick={(picked) => onChange(picked === '' ? null : picked)}
        />
      )}
    </Field>
  );
}

/** The bare picker, for a field that has several controls. */
export function Picker({
  options,
  emptyText,
  value,
  onPick,
  ...rest
}: Omit<ComponentProps<'select'>, 'value' | 'onChange' | 'children' | 'className'> & {
  options: readonly Option[];
  emptyText?: string;
  value: string;
  onPick: (value: string) => void;
}) {
  return (
    <div className="relative">
      <select
        {...rest}
        className={`${controlClass} appearance-none pe-10`}
        value={value}
        onChange={(event) => onPick(event.target.value)}
      >
        {emptyText !== undefined && <option value="">{emptyText}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" size={20} className="pointer-events-none absolute end-3 top-3.5 text-text-2" />
    </div>
  );
}
