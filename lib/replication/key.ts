/**
 * A key is the unit of merging: a field (`phone`), a group (`birth`), an entry of a keyed column (`attributes.height`)
 * or a row of an entry (`answers.siblings.018f…`). It is text; only its first dot has a meaning to everyone.
 */
export type Key = string;

/** Written on every record by merge itself, never by a command. */
export const CREATED = 'created';
export const DELETED = 'deleted';
export const ERASED = 'erased';
/** Only in `replaced` of a deletion, as `descendants.<n>`: the writes below the record that its author had. */
export const DESCENDANTS = 'descendants';
export const ENVELOPE_KEYS: readonly Key[] = [CREATED, DELETED, ERASED];

/** The column a key lives in, and the rest of the key (null for a key that is the whole column). */
export function splitKey(key: Key): { column: string; entry: string | null } {
  const dot = key.indexOf('.');
  return dot < 0 ? { column: key, entry: null } : { column: key.slice(0, dot), entry: key.slice(dot + 1) };
}
