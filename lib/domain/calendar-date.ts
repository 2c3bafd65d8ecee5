import * as z from 'zod';
import { isCalendarDate, isInstant, isPartialDate } from './calendar-day.ts';

// Apart from the arithmetic: the phone's first screen counts days and should not wait for a schema library.
export * from './calendar-day.ts';

export const calendarDateSchema = z
  .string()
  .refine(isCalendarDate, { error: 'expected a calendar day YYYY-MM-DD' })
  .meta({ format: 'date' });
export const partialDateSchema = z
  .string()
  .refine(isPartialDate, { error: 'expected a date YYYY, YYYY-MM or YYYY-MM-DD' })
  .meta({ pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$' });
export const instantSchema = z
  .string()
  .refine(isInstant, { error: 'expected an instant YYYY-MM-DDTHH:mm:ss.sssZ' })
  .meta({ format: 'date-time' });
