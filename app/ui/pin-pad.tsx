'use client';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { asciiDigits } from '../../lib/text/digits.ts';
import { Icon } from './drawn-icon.tsx';

export type PinPadProps = {
  /** Digits typed so far, ASCII. */
  value: string;
  length: number;
  onChange: (value: string) => void;
  label: string;
  /** “3 of 6 digits typed”: read out, while the digits themselves are not. */
  enteredText: string;
  deleteText: string;
  error?: ReactNode;
  disabled?: boolean;
  /** A further way in (passkey), shown in the free corner. */
  corner?: ReactNode;
};

/** Ten big keys. Also takes a keyboard. Digits stand left to right in every language, as on a telephone. */
export function PinPad({
  value,
  length,
  onChange,
  label,
  enteredText,
  deleteText,
  error,
  disabled = false,
  corner,
}: PinPadProps) {
  const group = useRef<HTMLFieldSetElement>(null);
  useEffect(() => group.current?.focus(), []);
  const press = (digit: string) => !disabled && value.length < length && onChange(value + digit);
  const removeLast = () => !disabled && onChange(value.slice(0, -1));
  const onKeyDown = (event: KeyboardEvent) => {
    const digit = asciiDigits(event.key);
    if (/^\d$/.test(digit)) press(digit);
    else if (event.key === 'Backspace') removeLast();
  };
  return (
    <fieldset
      ref={group}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="mx-auto flex w-full max-w-80 flex-col gap-4 outline-none"
    >
      <legend className="sr-only">{label}</legend>
      <Dots entered={value.length} length={length} wrong={Boolean(error)} />
      <p className="sr-only" aria-live="polite">
        {enteredText}
      </p>
      <div aria-live="assertive" className="min-h-6 text-center font-semibold text-danger">
        {error}
      </div>
      <div dir="ltr" className="grid grid-cols-3 gap-3">
        {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
          <Key key={digit} onPress={() => press(digit)} disabled={disabled}>
            {digit}
          </Key>
        ))}
        <div className="flex items-center justify-center">{corner}</div>
        <Key onPress={() => press('0')} disabled={disabled}>
          0
        </Key>
        <Key onPress={removeLast} disabled={disabled || value === ''} label={deleteText}>
          <Icon name="backspace" />
        </Key>
      </div>
    </fieldset>
  );
}

function Dots({ entered, length, wrong }: { entered: number; length: number; wrong: boolean }) {
  return (
    <div dir="ltr" aria-hidden="true" className="flex h-6 items-center justify-center gap-4">
      {Array.from({ length }, (_, place) => place).map((place) => (
        <span
          key={place}
          className={`size-4 rounded-full border-2 transition-colors ${wrong ? 'border-danger' : 'border-accent'} ${place < entered ? 'bg-accent' : ''}`}
        />
      ))}
    </div>
  );
}

function Key({
  onPress,
  disabled,
  label,
  children,
}: {
  onPress: () => void;
  disabled: boolean;
  label?: string;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      onClick={onPress}
      disabled={disabled}
      aria-label={label}
      className="flex h-16 items-center justify-center rounded-3 border border-border bg-surface-2 text-xl font-semibold transition-colors select-none touch-manipulation hover:bg-surface-3 active:bg-accent-soft disabled:opacity-55"
    >
      {children}
    </button>
  );
}
