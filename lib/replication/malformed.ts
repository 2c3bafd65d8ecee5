import type { Change } from './change.ts';
import { type Declaration, keyKind } from './declaration.ts';
import { isWholeJson, type Json } from './json.ts';
import { ENVELOPE_KEYS, type Key, splitKey } from './key.ts';
import type { RefusalCode } from './protocol/outcome.ts';
import type { StoredRecord } from './record.ts';
import { isWholeText } from './text.ts';

/** What is wrong with a key, or with the whole. */
export type Problem = { key: Key | null; code: RefusalCode };

/** The first key that this change may not have, or lacks, whoever makes it. */
export function malformedKey(
  world: { readonly schema: number },
  collection: Declaration,
  change: Change,
  before: StoredRecord | undefined,
): Problem | null {
  // What is not here cannot be deleted: it would be gone before whoever makes it has a say. It can be erased: a root that
  // was restored must not take it again from those who still hold it.
  const isMissing = before === undefined && change.kind !== 'erase';
  if (change.kind !== 'put' && (isMissing || Object.keys(change.fields).length > 0))
    return { key: null, code: 'invalid' };
  for (const [key, value] of Object.entries(change.fields)) {
    const { column } = splitKey(key);
    // Merge alone writes the envelope: a put that could would delete without the right to.
    if (ENVELOPE_KEYS.includes(column) || isObjectWord(key, column)) return { key, code: 'invalid' };
    if (!isWholeText(key) || !isWholeJson(value)) return { key, code: 'invalid' };
    const kind = keyKind(collection, key);
    // A newer writer knows fields that we do not: they are kept. A writer of our own version has made them up, and a
    // column that we know never changes its shape.
    if (kind === null && change.schema > world.schema && collection.fields[column] === undefined) continue;
    if (kind === null) return { key, code: 'unknown-field' };
    if (!isValid(collection, key, kind, value)) return { key, code: 'invalid' };
  }
  // Whatever its author says he saw: a record that is not here is made by this change, or by nothing.
  const missing = change.kind === 'put' && before === undefined ? missingKey(collection, change) : null;
  return missing === null ? null : { key: missing, code: 'invalid' };
}

/** Names that every object of JavaScript has: what is stored under them vanishes, or is taken for a declaration. */
function isObjectWord(key: Key, column: string): boolean {
  return column in Object.prototype || key.includes('__proto__');
}

/** May this value stand under this key? False for a key that this version does not know. */
export function isValidValue(collection: Declaration, key: Key, value: Json): boolean {
  const kind = keyKind(collection, key);
  return kind !== null && isWholeJson(value) && isValid(collection, key, kind, value);
}

function isValid(collection: Declaration, key: Key, kind: 'field' | 'group' | 'entry', value: Json): boolean {
  if (kind === 'field') return collection.fields[key]!.schema.safeParse(value).success;
  if (kind === 'group') return isValidGroup(collection, key, value);
  const { column, entry } = splitKey(key);
  return collection.fields[column]!.schema.safeParse({ [entry!]: value }).success;
}

function isValidGroup(collection: Declaration, group: Key, value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const members = collection.groups[group]!;
  const held = value as Record<string, Json>;
  return (
    Object.keys(held).every((member) => members.includes(member)) &&
    members.every((member) => collection.fields[member]!.schema.safeParse(held[member]).success)
  );
}

/** The first key that a new record needs and does not have. */
function missingKey(collection: Declaration, change: Change): Key | null {
  for (const [name, field] of Object.entries(collection.fields)) {
    if (field.nullable || field.keyed !== 'no' || name in change.fields) continue;
    const group = Object.entries(collection.groups).find(([, members]) => members.includes(name));
    if (group === undefined || !(group[0] in change.fields)) return group?.[0] ?? name;
  }
  return null;
}
