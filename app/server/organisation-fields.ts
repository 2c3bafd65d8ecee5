import type { Json } from '../../lib/replication/json.ts';

/** What an organisation is before anyone has changed a setting. Units are for display only. */
export function organisationFields(name: string): Record<string, Json> {
  return {
    name,
    languages: ['en', 'ar', 'es', 'fr'],
    defaultLanguage: 'en',
    units: { temperature: 'Cel', weight: 'kg', glucose: 'mmol/L' },
    idleLockMinutes: 5,
    pinLength: 6,
    historyDays: null,
    autoCloseVisitHours: 24,
  };
}
