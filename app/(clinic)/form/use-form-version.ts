import { useMemo } from 'react';
import { type FormDefinition, readDefinition } from '../../../lib/form/definition.ts';
import { useRecords } from '../../device/watch.ts';

/** A form version's definition. Undefined while it is read; null when it is not on this phone or cannot be read. */
export function useFormVersion(versionId: string | null): FormDefinition | null | undefined {
  const versions = useRecords('formVersions');
  const stored = versions?.find((one) => one.id === versionId)?.values.definition;
  // The text is compared, not the object: every save on this phone opens the rows anew.
  const text = versions === undefined ? undefined : JSON.stringify(stored ?? null);
  return useMemo(() => {
    if (text === undefined) return undefined;
    const read = readDefinition(JSON.parse(text));
    return read.ok ? read.definition : null;
  }, [text]);
}
