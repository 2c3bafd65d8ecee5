'use client';
import { type ReactNode, useId, useState } from 'react';
import { Choice } from './choice.tsx';
import { FieldGroup, type FieldText } from './field.tsx';
import { type DatePrecision, type PartialDateValue, readPartialDate, type TypedDate, typedOf } from './partial-date.ts';
import { Picker } from './select.tsx';
import { Switch } from './switch.tsx';
import { controlLook } from './text-input.tsx';

export type PartialDateText = {
  precision: string;
  precisions: Readonly<Record<DatePrecision, string>>;
  day: string;
  month: string;
  year: string;
  ageYears: string;
  ageMonths: string;
  estimated: string;
  chooseMonth: string;
  /** Twelve names, January first. */
  months: readonly string[];
  problems: Readonly<Record<'invalid' | 'future', string>>;
};

/** A date of which people know more or less: the day, the month, the year, only an age, or nothing. */
export function PartialDateInput({
  initial,
  onChange,
  today,
  text,
  precisions = ['day', 'month', 'year', 'age', 'unknown'],
  error,
  ...field
}: FieldText & {
  id?: string;
  /** What is stored when the field appears; from then on the boxes hold what is typed. */
  initial?: { date: string | null; estimated: boolean };
  onChange: (value: PartialDateValue) => void;
  /** `YYYY-MM-DD`. */
  today: string;
  text: PartialDateText;
  precisions?: readonly DatePrecision[];
}) {
  const [state, setState] = useState(() => ({
    ...typedOf(initial?.date ?? null),
    estimated: initial?.estimated ?? false,
  }));
  const read = readPartialDate(state.precision, state.typed, state.estimated, today);
  const change = (part: Partial<typeof state>) => {
    const next = { ...state, ...part };
    setState(next);
    onChange(readPartialDate(next.precision, next.typed, next.estimated, today));
  };
  const complete = state.precision === 'age' || state.typed.year.length >= 4;
  return (
    <FieldGroup {...field} error={read.problem && complete ? text.problems[read.problem] : error}>
      <Choice
        label={<span className="font-normal text-text-2">{text.precision}</span>}
        look="buttons"
        options={precisions.map((value) => ({ value, label: text.precisions[value] }))}
        value={state.precision}
        onChange={(value) => change({ precision: (value ?? 'day') as DatePrecision })}
      />
      <Boxes
        precision={state.precision}
        typed={state.typed}
        text={text}
        onChange={(part) => change({ typed: { ...state.typed, ...part } })}
      />
      {(state.precision === 'month' || state.precision === 'year') && (
        <Switch label={text.estimated} checked={state.estimated} onChange={(estimated) => change({ estimated })} />
      )}
    </FieldGroup>
  );
}

type BoxesProps = {
  precision: DatePrecision;
  typed: TypedDate;
  text: PartialDateText;
  onChange: (part: Partial<TypedDate>) => void;
};

function Boxes({ precision, typed, text, onChange }: BoxesProps) {
  if (precision === 'unknown') return null;
  if (precision === 'age') {
    return (
      <div className="flex flex-wrap gap-2">
        <Box label={text.ageYears} value={typed.ageYears} length={3} onChange={(ageYears) => onChange({ ageYears })} />
        <Box
          label={text.ageMonths}
          value={typed.ageMonths}
          length={4}
          onChange={(ageMonths) => onChange({ ageMonths })}
        />
      </div>
    );
  }
  return (
    <div className="flex flex-wrap gap-2">
      {precision === 'day' && (
        <Box label={text.day} value={typed.day} length={2} onChange={(day) => onChange({ day })} />
      )}
      {precision !== 'year' && <Month typed={typed} text={text} onChange={onChange} />}
      <Box label={text.year} value={typed.year} length={4} onChange={(year) => onChange({ year })} />
    </div>
  );
}

function Month({ typed, text, onChange }: Omit<BoxesProps, 'precision'>) {
  return (
    <Labelled label={text.month}>
      {(id) => (
        <Picker
          id={id}
          emptyText={text.chooseMonth}
          options={text.months.map((name, index) => ({ value: String(index + 1), label: name }))}
          value={typed.month}
          onPick={(month) => onChange({ month })}
        />
      )}
    </Labelled>
  );
}

function Box({
  label,
  value,
  length,
  onChange,
}: {
  label: string;
  value: string;
  length: number;
  onChange: (value: string) => void;
}) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="text"
          inputMode="numeric"
          autoComplete="off"
          maxLength={length}
          className={`${controlLook} tabular ${length === 2 ? 'w-14' : 'w-20'}`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm text-text-2">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
