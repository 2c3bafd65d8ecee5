import { dayAfter } from '../../domain/calendar-date.ts';
import { numeric, type Operator, operator } from './operator.ts';

/** 280 days from the first day of the last period: ACOG Committee Opinion 700 (2017), "Methods for estimating the due date". */
const PREGNANCY_DAYS = 280;

/**
 * Clinical calculations, unrounded (the field's `decimals` rounds).
 * bmi(weightKg, heightCm) = kg/m², WHO. bsa(weightKg, heightCm) in m², Mosteller, N Engl J Med 1987;317:1098.
 * edd(last period) = + 280 days. zscore takes its function from the scope; without one it is null.
 */
export const CLINICAL: Readonly<Record<string, Operator>> = {
  bmi: numeric(2, 2, ([kg = 0, cm = 0]) => (kg > 0 && cm > 0 ? kg / (cm / 100) ** 2 : null)),
  bsa: numeric(2, 2, ([kg = 0, cm = 0]) => (kg > 0 && cm > 0 ? Math.sqrt((kg * cm) / 3600) : null)),
  edd: operator(1, 1, ([lastPeriod]) => dayAfter(lastPeriod, PREGNANCY_DAYS)),
  zscore: operator(4, 6, ([indicator, sex, ageDays, measure, heightMethod, heightCm], { clinical }) => {
    if (typeof indicator !== 'string' || typeof sex !== 'string' || typeof measure !== 'number') return null;
    return (
      clinical.zscore?.({
        indicator,
        sex,
        measure,
        ageDays: typeof ageDays === 'number' ? ageDays : null,
        heightMethod: typeof heightMethod === 'string' ? heightMethod : null,
        heightCm: typeof heightCm === 'number' ? heightCm : null,
      }) ?? null
    );
  }),
};
