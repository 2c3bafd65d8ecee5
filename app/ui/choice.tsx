'use client';
import * as RadioGroup from 'radix-ui/radio-group';
import { FieldGroup, type FieldText } from './field.tsx';
import type { Option } from './select.tsx';

/** One of a few, all visible. `list`: one under the other; `buttons`: side by side for short words. A second tap on the chosen one clears it when `clearable`. */
export function Choice({
  options,
  value,
  onChange,
  look = 'list',
  clearable = false,
  disabled = false,
  ...field
}: FieldText & {
  id?: string;
  options: readonly Option[];
  value: string | null;
  onChange: (value: string | null) => void;
  look?: 'list' | 'buttons';
  clearable?: boolean;
  disabled?: boolean;
}) {
  const flow = look === 'buttons' ? 'flex flex-wrap gap-2' : 'flex flex-col gap-2';
  return (
    <FieldGroup {...field}>
      <RadioGroup.Root
        className={flow}
        value={value ?? ''}
        onValueChange={onChange}
        disabled={disabled}
        aria-required={field.requiredText ? true : undefined}
      >
        {options.map((option) => (
          <Radio
            key={option.value}
            option={option}
            clear={clearable && option.value === value ? () => onChange(null) : null}
          />
        ))}
      </RadioGroup.Root>
    </FieldGroup>
  );
}

function Radio({ option, clear }: { option: Option; clear: (() => void) | null }) {
  return (
    <RadioGroup.Item
      value={option.value}
      disabled={option.disabled ?? false}
      onClick={clear ?? undefined}
      className="group flex min-h-12 items-center gap-3 rounded-2 border border-border-strong bg-surface-2 px-4 py-2 text-start transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:font-semibold disabled:opacity-55"
    >
      <span className="flex size-5 shrink-0 items-center justify-center rounded-full border-2 border-border-strong group-data-[state=checked]:border-accent">
        <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
      </span>
      <span className="min-w-0">
        {option.label}
        {option.hint && <span className="block text-sm font-normal text-text-2">{option.hint}</span>}
      </span>
    </RadioGroup.Item>
  );
}
