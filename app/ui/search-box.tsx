'use client';
import { type ReactNode, useId, useRef } from 'react';
import { Icon } from './drawn-icon.tsx';
import { IconButton } from './icon-button.tsx';

/** The one search box. `status` (how many were found) is read out when it changes. */
export function SearchBox({
  label,
  placeholder,
  value,
  onChange,
  clearText,
  status,
  autoFocus = false,
}: {
  label: string;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  clearText: string;
  status?: ReactNode;
  autoFocus?: boolean;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const clear = () => {
    onChange('');
    input.current?.focus();
  };
  return (
    <search className="flex flex-col gap-1">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <div className="relative">
        <Icon name="search" className="pointer-events-none absolute start-4 top-4 text-text-2" />
        <input
          ref={input}
          id={id}
          type="search"
          dir="auto"
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="search"
          // biome-ignore lint/a11y/noAutofocus: only on a screen whose one purpose is searching
          autoFocus={autoFocus}
          placeholder={placeholder ?? label}
          className="min-h-14 w-full rounded-full border border-border-strong bg-surface-2 ps-13 pe-14 text-base text-text"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        {value !== '' && <IconButton icon="close" label={clearText} onClick={clear} className="absolute end-1 top-1" />}
      </div>
      <p role="status" className="px-4 text-sm text-text-2">
        {status}
      </p>
    </search>
  );
}
