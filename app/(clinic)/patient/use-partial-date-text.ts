import { useMemo } from 'react';
import { monthNames } from '../../../lib/text/format.ts';
import type { PartialDateText } from '../../ui/partial-date-input.tsx';
import { useText } from '../../ui/text-provider.tsx';

/** The words of the boxes for a date that is known in part. */
export function usePartialDateText(): PartialDateText {
  const { t, language } = useText();
  return useMemo(
    () => ({
      precision: t('birth.precision'),
      precisions: {
        day: t('birth.day'),
        month: t('birth.month'),
        year: t('birth.year'),
        age: t('birth.age'),
        unknown: t('birth.unknown'),
      },
      day: t('birth.dayLabel'),
      month: t('birth.monthLabel'),
      year: t('birth.yearLabel'),
      ageYears: t('birth.ageYears'),
      ageMonths: t('birth.ageMonths'),
      estimated: t('birth.estimated'),
      chooseMonth: t('form.chooseOption'),
      months: monthNames(language),
      problems: { invalid: t('birth.invalid'), future: t('birth.future') },
    }),
    [t, language],
  );
}
