import { type FieldOf, labelIn } from '../../../lib/form/definition.ts';
import { Choice } from '../../ui/choice.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useForm } from './form-context.ts';
import type { QuestionProps } from './question.ts';

const ANSWERS: Readonly<Record<string, boolean | 'unsure'>> = { yes: true, no: false, unsure: 'unsure' };

export function YesNoQuestion({ field, path, state, words }: QuestionProps<FieldOf<'yes-no'>>) {
  const store = useForm();
  const { t } = useText();
  const options = [
    { value: 'yes', label: t('app.yes') },
    { value: 'no', label: t('app.no') },
    ...(field.unsure === true ? [{ value: 'unsure', label: t('app.unsure') }] : []),
  ];
  const value = options.find((option) => ANSWERS[option.value] === state.value)?.value ?? null;
  const pick = (code: string | null) =>
    store.step(code === null ? { kind: 'clear', path } : { kind: 'answer', path, value: ANSWERS[code] ?? null });
  return <Choice {...words} look="buttons" options={options} value={value} onChange={pick} clearable />;
}

/** Steps that still stand side by side on a phone. */
const MOST_BUTTONS = 11;

export function ScaleQuestion({ field, path, state, words }: QuestionProps<FieldOf<'scale'>>) {
  const store = useForm();
  const { t, language } = useText();
  const step = field.step ?? 1;
  const count = Math.floor((field.max - field.min) / step) + 1;
  const ends = [
    `${field.min} = ${labelIn(field.minLabel, language, store.definition)}`,
    `${field.max} = ${labelIn(field.maxLabel, language, store.definition)}`,
  ].filter((end) => !end.endsWith('= '));
  const hint = [words.hint, ...ends].filter(Boolean).join(' · ') || undefined;
  const answer = (value: number | null) =>
    store.step(value === null ? { kind: 'clear', path } : { kind: 'answer', path, value });
  const value = typeof state.value === 'number' ? state.value : null;
  if (count > MOST_BUTTONS)
    return (
      <NumberInput
        {...words}
        hint={hint}
        value={value}
        decimals={false}
        notNumberText={t('problem.not-a-number')}
        onChange={(number, typed) => {
          store.setUnreadable(path, number === null && typed.trim() !== '');
          answer(number);
        }}
      />
    );
  const options = Array.from({ length: count }, (_, index) => String(field.min + index * step));
  return (
    <Choice
      {...words}
      hint={hint}
      look="buttons"
      clearable
      options={options.map((one) => ({ value: one, label: one }))}
      value={value === null ? null : String(value)}
      onChange={(one) => answer(one === null ? null : Number(one))}
    />
  );
}
