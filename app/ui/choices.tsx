'use client';
import * as Checkbox from 'radix-ui/checkbox';
import { useId } from 'react';
import { Icon } from './drawn-icon.tsx';
import { FieldGroup, type FieldText } from './field.tsx';
import type { Option } from './select.tsx';

export type ChoicesOption = Option & { /** “None of these”: choosing it clears the others. */ exclusive?: boolean };

/** Several of a few. The value keeps the order of the options. */
export function Choices({
  options,
  value,
  onChange,
  disabled = false,
  ...field
}: FieldText & {
  id?: string;
  options: readonly ChoicesOption[];
  value: readonly string[];
  onChange: (value: string[]) => void;
  disabled?: boolean;
}) {
  const base = useId();
  return (
    <FieldGroup {...field}>
      <div className="flex flex-col gap-2">
        {options.map((option) => (
          <CheckRow
            key={option.value}
            id={`${base}-${option.value}`}
            option={option}
            checked={value.includes(option.value)}
            disabled={disabled}
            onChange={(checked) => onChange(toggled(options, value, option, checked))}
          />
        ))}
      </div>
    </FieldGroup>
  );
}

/** What is chosen after a tap: an exclusive option stands alone, any other removes an exclusive one. */
export function toggled(
  options: readonly ChoicesOption[],
  value: readonly string[],
  tapped: ChoicesOption,
  checked: boolean,
): string[] {
  const kept = options.filter((option) => {
    if (option.value === tapped.value) return checked;
    if (!value.includes(option.value)) return false;
    return !checked || (!tapped.exclusive && !option.exclusive);
  });
  return kept.map((option) => option.value);
}

function CheckRow({
  id,
  option,
  checked,
  disabled,
  onChange,
}: {
  id: string;
  option: ChoicesOption;
  checked: boolean;
  disabled: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label
      htmlFor={id}
      className="flex min-h-12 cursor-pointer items-center gap-3 rounded-2 border border-border-strong bg-surface-2 px-4 py-2 has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-soft"
    >
      <Checkbox.Root
        id={id}
        checked={checked}
        disabled={disabled || option.disabled === true}
        onCheckedChange={(state) => onChange(state === true)}
        className="flex size-6 shrink-0 items-center justify-center rounded-1 border-2 border-border-strong bg-surface-2 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=checked]:text-on-accent disabled:opacity-55"
      >
        <Checkbox.Indicator>
          <Icon name="check" size={18} />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <span className="min-w-0">
        {option.label}
        {option.hint && <span className="block text-sm text-text-2">{option.hint}</span>}
      </span>
    </label>
  );
}
