import { useState } from 'react';
import type { FieldOf } from '../../../lib/form/definition.ts';
import { NumberInput } from '../../ui/number-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useForm } from './form-context.ts';
import type { QuestionProps } from './question.ts';
import { shownUnit } from './shown-unit.ts';
import { unitText } from './unit-text.ts';

/** A number as it is typed, in the unit it is typed in; the engine stores it in the question's own unit. */
export function NumberQuestion({ field, path, state, words }: QuestionProps<FieldOf<'number'>>) {
  const store = useForm();
  const { t } = useText();
  const [picked, setPicked] = useState(state.entered?.unit ?? field.unit ?? null);
  const units = field.units?.length ? field.units : field.unit ? [field.unit] : [];
  const unit = shownUnit(field, state, picked);
  const typedValue = state.entered?.value ?? (typeof state.value === 'number' ? state.value : null);
  const enter = (value: number | null, unit: string | null) => {
    if (value === null) store.step({ kind: 'clear', path });
    else store.step({ kind: 'number', path, field, value, unit });
  };
  const changed = (value: number | null, typed: string) => {
    store.setUnreadable(path, value === null && typed.trim() !== '');
    enter(value, unit);
  };
  const changeUnit = (unit: string) => {
    setPicked(unit);
    enter(typedValue, unit);
  };
  return (
    <NumberInput
      {...words}
      value={typedValue}
      onChange={changed}
      notNumberText={t('problem.not-a-number')}
      decimals={field.decimals !== 0}
      units={units.map((unit) => ({ value: unit, label: unitText(t, unit) }))}
      unitText={t('form.unit')}
      onUnitChange={changeUnit}
      {...(unit === null ? {} : { unit })}
    />
  );
}
