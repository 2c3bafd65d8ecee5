'use client';
import { useMemo } from 'react';
import { useAsked } from './use-asked.ts';

export interface ClinicShown {
  readonly id: string;
  readonly fields: {
    readonly name: string;
    readonly code: string;
    readonly timeZone: string;
    readonly address: string | null;
    readonly phone: string | null;
    readonly country: string | null;
    readonly registrationFormId: string | null;
  };
}

/** Every clinic, by name. Empty until they are here. */
export function useClinics() {
  const asked = useAsked<{ clinics: ClinicShown[] }>('/api/clinics');
  const clinics = asked.data?.clinics ?? [];
  const names = useMemo(() => new Map(clinics.map(({ id, fields }) => [id, fields.name])), [clinics]);
  return { asked, clinics, nameOf: (id: string | null) => (id === null ? '' : (names.get(id) ?? '')) };
}
