'use client';
import * as RadixSwitch from 'radix-ui/switch';
import { type ReactNode, useId } from 'react';

/** On or off, at once. The words stand before it; the whole row is the target. */
export function Switch({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
}: {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex min-h-12 items-center gap-4">
      <label htmlFor={id} className="min-w-0 grow cursor-pointer py-2">
        {label}
        {hint && (
          <span id={`${id}-hint`} className="block text-sm text-text-2">
            {hint}
          </span>
        )}
      </label>
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative flex h-8 w-14 shrink-0 items-center rounded-full border-2 border-border-strong bg-surface-3 p-0.5 transition-colors before:absolute before:-inset-2 data-[state=checked]:justify-end data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-55"
      >
        <RadixSwitch.Thumb className="size-6 rounded-full bg-text-2 data-[state=checked]:bg-on-accent" />
      </RadixSwitch.Root>
    </div>
  );
}
