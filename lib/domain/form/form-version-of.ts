import type { Json } from '../../replication/json.ts';
import type { Key } from '../../replication/key.ts';
import { isUuid } from '../identity.ts';

/** The version of the form that a record's answers were given to: an event's, or of a patient the registration's. */
export function formVersionOf(values: Readonly<Record<Key, Json>> = {}): string | null {
  const id = values.formVersionId ?? values.registrationVersionId;
  return isUuid(id) ? id : null;
}
