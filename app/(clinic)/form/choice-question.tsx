import { useContext, useMemo } from 'react';
import { type FieldOf, labelIn } from '../../../lib/form/definition.ts';
import { OTHER } from '../../../lib/form/filled-form.ts';
import { baseField } from '../../../lib/form/registration.ts';
import { languageNames, languages } from '../../../lib/text/languages.ts';
import { Choice } from '../../ui/choice.tsx';
import { Choices, type ChoicesOption } from '../../ui/choices.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { ClinicChoicesContext } from './clinic-choices.ts';
import { countries } from './countries.ts';
import { useForm } from './form-context.ts';
import type { FieldState } from './form-store.ts';
import type { QuestionProps } from './question.ts';

type ChoiceLike = FieldOf<'choice'> | FieldOf<'choices'>;

export function ChoiceQuestion({ field, path, state, words }: QuestionProps<FieldOf<'choice'>>) {
  const store = useForm();
  const { t } = useText();
  const options = useOptions(field, state);
  const value = typeof state.value === 'string' ? state.value : null;
  const pick = (code: string | null) =>
    store.step(code === null ? { kind: 'clear', path } : { kind: 'answer', path, value: code });
  const dropdown = field.look === 'dropdown' || (field.look !== 'buttons' && options.length > 12);
  return (
    <>
      {dropdown ? (
        <Select {...words} options={options} value={value} onChange={pick} emptyText={t('form.chooseOption')} />
      ) : (
        <Choice
          {...words}
          options={options}
          value={value}
          onChange={pick}
          look={field.look === 'buttons' ? 'buttons' : 'list'}
          clearable
        />
      )}
      {field.other === true && value === OTHER && <OtherText path={path} state={state} />}
    </>
  );
}

export function ChoicesQuestion({ field, path, state, words }: QuestionProps<FieldOf<'choices'>>) {
  const store = useForm();
  const options = useOptions(field, state);
  const value = Array.isArray(state.value) ? state.value.map(String) : [];
  const pick = (codes: string[]) =>
    store.step(codes.length === 0 ? { kind: 'clear', path } : { kind: 'answer', path, value: codes });
  return (
    <>
      <Choices {...words} options={options} value={value} onChange={pick} />
      {field.other === true && value.includes(OTHER) && <OtherText path={path} state={state} />}
    </>
  );
}

function OtherText({ path, state }: { path: string; state: FieldState }) {
  const store = useForm();
  const { t } = useText();
  return (
    <TextInput
      label={t('form.otherExplain')}
      value={state.other}
      onChange={(text) => store.step({ kind: 'other', path, text })}
    />
  );
}

/** What is on offer: not retired, not filtered out; an answer that stands is always shown. */
function useOptions(field: ChoiceLike, state: FieldState): ChoicesOption[] {
  const { t, language } = useText();
  const { definition } = useForm();
  const clinics = useContext(ClinicChoicesContext);
  const chosen = Array.isArray(state.value) ? state.value : [state.value];
  const chosenKey = chosen.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: chosenKey stands for chosen
  return useMemo(() => {
    const offered = field.options.filter(
      ({ code, retired }) =>
        chosen.includes(code) || (retired !== true && (state.options === null || state.options.includes(code))),
    );
    const options: ChoicesOption[] = offered.map(({ code, label, exclusive }) => ({
      value: code,
      label: labelIn(label, language, definition),
      exclusive: exclusive === true,
    }));
    const list = field.options.length === 0 ? baseField(field)?.list : undefined;
    if (list === 'clinics') options.push(...clinics);
    if (list === 'languages') options.push(...languages.map((one) => ({ value: one, label: languageNames[one] })));
    if (list === 'countries') options.push(...countries(language));
    if (field.other === true) options.push({ value: OTHER, label: t('form.other') });
    return options;
  }, [field, state.options, chosenKey, language, definition, clinics, t]);
}
