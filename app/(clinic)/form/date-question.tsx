import { useContext } from 'react';
import type { FieldOf } from '../../../lib/form/definition.ts';
import { isRecord } from '../../../lib/form/filled-form.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { DateInput } from '../../ui/date-input.tsx';
import type { DatePrecision, PartialDateValue } from '../../ui/partial-date.ts';
import { PartialDateInput } from '../../ui/partial-date-input.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { usePartialDateText } from '../patient/use-partial-date-text.ts';
import { useForm } from './form-context.ts';
import type { QuestionProps } from './question.ts';
import { textOf, textStep } from './text-question.tsx';
import { instantOf, localOf, TimeZoneContext } from './time-zone.ts';

/** A day with the phone's own picker; a date that may be known in part, or a birth date, in boxes. */
export function DateQuestion(props: QuestionProps<FieldOf<'date'>>) {
  const { field, path, state, words } = props;
  const store = useForm();
  if (field.base === 'birthDate' || (field.precision ?? 'day') !== 'day') return <PartialDateQuestion {...props} />;
  const whole = (date: string | null | undefined) => (date?.length === 10 ? date : undefined);
  const min = whole(state.bounds?.min);
  const max = whole(state.bounds?.max);
  return (
    <DateInput
      {...words}
      value={typeof state.value === 'string' ? state.value : null}
      onChange={(date) => store.step(textStep(path, date ?? ''))}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
    />
  );
}

function PartialDateQuestion({ field, path, state, words }: QuestionProps<FieldOf<'date'>>) {
  const store = useForm();
  const text = usePartialDateText();
  const isBirth = field.base === 'birthDate';
  const change = ({ date, estimated, problem, incomplete }: PartialDateValue) => {
    // Half a date must not be lost by saving: it is completed, or emptied.
    store.setUnreadable(path, problem !== null || incomplete);
    if (date === null) store.step({ kind: 'clear', path });
    else store.step({ kind: 'answer', path, value: isBirth ? { date, estimated } : date });
  };
  const latest = isBirth || state.bounds?.max != null ? store.context.occurredOn : '9999-12-31';
  return (
    <PartialDateInput
      {...words}
      initial={initialOf(state.value)}
      onChange={change}
      today={latest}
      text={text}
      precisions={precisionsOf(field)}
    />
  );
}

function precisionsOf(field: FieldOf<'date'>): readonly DatePrecision[] {
  if (field.base === 'birthDate') return ['day', 'month', 'year', 'age', 'unknown'];
  return field.precision === 'month' ? ['day', 'month'] : ['day', 'month', 'year'];
}

function initialOf(value: Json): { date: string | null; estimated: boolean } {
  if (isRecord(value))
    return { date: typeof value.date === 'string' ? value.date : null, estimated: value.estimated === true };
  return { date: typeof value === 'string' ? value : null, estimated: false };
}

export function TimeQuestion({ path, state, words }: QuestionProps<FieldOf<'time'>>) {
  const store = useForm();
  return (
    <TextInput
      {...words}
      type="time"
      value={textOf(state.value)}
      onChange={(time) => store.step(textStep(path, time))}
      dir="ltr"
    />
  );
}

export function DateTimeQuestion({ path, state, words }: QuestionProps<FieldOf<'date-time'>>) {
  const store = useForm();
  const timeZone = useContext(TimeZoneContext);
  return (
    <TextInput
      {...words}
      type="datetime-local"
      value={localOf(textOf(state.value), timeZone)}
      onChange={(local) => store.step(textStep(path, local === '' ? '' : instantOf(local, timeZone)))}
      dir="ltr"
    />
  );
}
