import { useCallback, useMemo } from 'react';
import { type FormDefinition, readDefinition } from '../../../lib/form/definition.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { useRecords } from '../../device/watch.ts';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { nameIn } from '../visit/name-in.ts';
import type { Reading } from './key-words.ts';

/** How to read the records of this phone: by the version of the form that a record was filled in with, or without one. */
export function useReading(): ((versionId: string | null) => Reading) | undefined {
  const { t, language } = useText();
  const { timeZone, users, departments, clinics } = useClinicRecords();
  const versions = useRecords('formVersions');
  const definitionOf = useMemo(() => versions && definitions(versions), [versions]);
  const nameOf = useCallback(
    (column: string, id: string): string | null => {
      if (column === 'providerId') return users.get(id) ?? null;
      const named = (column === 'departmentId' ? departments : clinics).find((one) => one.id === id);
      return named === undefined ? null : nameIn(named, language);
    },
    [users, departments, clinics, language],
  );
  return useMemo(() => {
    if (definitionOf === undefined) return undefined;
    return (versionId) => {
      const definition = versionId === null ? null : definitionOf(versionId);
      return { t, language, timeZone, nameOf, definition };
    };
  }, [t, language, timeZone, nameOf, definitionOf]);
}

/** Each version is read once, when it is first asked for. */
function definitions(versions: readonly StoredRecord[]): (versionId: string) => FormDefinition | null {
  const read = new Map<string, FormDefinition | null>();
  return (versionId) => {
    const known = read.get(versionId);
    if (known !== undefined) return known;
    const stored = readDefinition(versions.find((one) => one.id === versionId)?.values.definition);
    const definition = stored.ok ? stored.definition : null;
    read.set(versionId, definition);
    return definition;
  };
}
