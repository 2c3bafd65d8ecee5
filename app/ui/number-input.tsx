'use client';
import { useState } from 'react';
import { normaliseNumber } from '../../lib/text/digits.ts';
import { Field, type FieldText } from './field.tsx';
import { type Option, Picker } from './select.tsx';
import { controlLook } from './text-input.tsx';

export type NumberInputProps = FieldText & {
  id?: string;
  value: number | null;
  /** The number (null: empty, or not a number yet) and what was typed. */
  onChange: (value: number | null, typed: string) => void;
  /** Said when what was typed is not a number. */
  notNumberText: string;
  /** One unit: shown behind the number. Several: a picker; the caller converts. */
  units?: readonly Option[];
  unit?: string;
  unitText?: string;
  onUnitChange?: (unit: string) => void;
  decimals?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  placeholder?: string;
};

/** A number typed in the digits of any script. Not `type=number`: that one drops what it does not understand, and changes by scrolling. */
export function NumberInput(props: NumberInputProps) {
  const { label, hint, error, requiredText, optionalText, id, value, onChange, decimals = true } = props;
  const [typed, setTyped] = useState(value === null ? '' : String(value));
  const parsed = parse(typed);
  if (parsed !== value && !(value === null && parsed === null)) setTyped(value === null ? '' : String(value));
  const bad = typed.trim() !== '' && parsed === null;
  return (
    <Field {...{ label, hint, requiredText, optionalText, id }} error={bad ? props.notNumberText : error}>
      {(control) => (
        <div className="flex items-center gap-2">
          <input
            {...control}
            type="text"
            inputMode={decimals ? 'decimal' : 'numeric'}
            autoComplete="off"
            dir="ltr"
            className={`${controlLook} tabular w-36`}
            value={typed}
            disabled={props.disabled}
            readOnly={props.readOnly}
            placeholder={props.placeholder}
            onChange={(event) => {
              setTyped(event.target.value);
              onChange(parse(event.target.value), event.target.value);
            }}
          />
          <Unit {...props} />
        </div>
      )}
    </Field>
  );
}

function parse(typed: string): number | null {
  const plain = normaliseNumber(typed);
  return plain === null ? null : Number(plain);
}

function Unit({ units, unit, unitText, onUnitChange, disabled }: NumberInputProps) {
  const first = units?.[0];
  if (!first) return null;
  if (units.length === 1) return <span className="text-text-2">{first.label}</span>;
  return (
    <Picker
      aria-label={unitText}
      options={units}
      value={unit ?? first.value}
      disabled={disabled}
      onPick={(picked) => onUnitChange?.(picked)}
    />
  );
}
