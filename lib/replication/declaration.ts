import type { z } from 'zod';
import type { ChangeKind } from './change.ts';
import type { Json } from './json.ts';
import { ENVELOPE_KEYS, type Key, splitKey } from './key.ts';

/** Who may hold a record (data.md §2). */
export type ScopeWord = 'org' | 'custody' | 'desk' | 'record' | 'stock' | 'trail';

/** One field of a collection: its schema, its column in PostgreSQL, and whether null is an answer. */
export interface Field<T = unknown> {
  readonly schema: z.ZodType<T>;
  /** PostgreSQL type, e.g. `text`, `uuid`, `numeric(6,3)`. */
  readonly column: string;
  /** Condition for a CHECK, with `$` standing for the column. */
  readonly check: string | null;
  readonly nullable: boolean;
  /** Entries merge one by one: `attributes.<id>`. `rows` adds one level: `answers.<id>.<rowId>`. */
  readonly keyed: 'no' | 'entries' | 'rows';
}

/** What a write is judged by. `before` is null for a record not held yet; flat keys, as in a stored record. */
export interface WriteAttempt<A = unknown> {
  readonly actor: A;
  readonly kind: ChangeKind;
  readonly creation: boolean;
  readonly recordId: string;
  readonly keys: readonly Key[];
  readonly before: Readonly<Record<Key, Json>> | null;
  readonly after: Readonly<Record<Key, Json>>;
  /** Where the author acted. */
  readonly clinicId: string | null;
  readonly at: string;
}

/** What a collection is, without the right to write it. */
export interface Declaration {
  readonly name: string;
  readonly scope: ScopeWord;
  readonly place: 'chart' | 'row' | 'none';
  readonly merge: 'fields' | 'ledger';
  /** A second put is refused: the record never changes once made. */
  readonly immutable: boolean;
  /** Keys that a later put may not change: re-homing a record is a command of its own. */
  readonly fixed: readonly Key[];
  /** Keys that two may write without anybody having to decide: either value will do, and the greater stamp's stands. */
  readonly undecided: readonly Key[];
  /** Records of the same chart that a record hangs below, by the key that names them: their deletion hides it. */
  readonly parents: Readonly<Record<Key, string>>;
  /** A change to a value already saved carries a reason. */
  readonly reason: 'no' | 'yes' | 'once-completed';
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields that merge as one key holding an object, always written whole. */
  readonly groups: Readonly<Record<Key, readonly string[]>>;
  /** The id that follows from what a record stands for; null when it does not. A record stands under no other. */
  readonly idOf: ((values: Readonly<Record<Key, Json>>) => string | null) | null;
  /** Largest record, as bytes of JSON of its values. */
  readonly maxBytes: number;
  /** A rule over several fields of a record as it would stand: the key at fault, or null. */
  readonly fault: ((values: Readonly<Record<Key, Json>>) => Key | null) | null;
}

/** A declaration with its permission. `A` is whoever acts: replication itself never looks inside. */
export interface Collection<Name extends string = string, A = unknown> extends Declaration {
  readonly name: Name;
  /** True when the actor may do this. Evaluated against the record's clinic before and after the change. */
  readonly mayWrite: (attempt: WriteAttempt<A>) => boolean;
}

/** The field or group that a key belongs to, or null for a key this version does not know. */
export function keyKind(collection: Declaration, key: Key): 'field' | 'group' | 'entry' | null {
  const { column, entry } = splitKey(key);
  const field = collection.fields[column];
  if (entry === null) {
    if (collection.groups[key] !== undefined) return 'group';
    return field !== undefined && field.keyed === 'no' && groupOf(collection, key) === null ? 'field' : null;
  }
  return field !== undefined && field.keyed !== 'no' ? 'entry' : null;
}

/** The group that a field is written in, or null when the field is a key of its own. */
export function groupOf(collection: Declaration, fieldName: string): Key | null {
  for (const [group, members] of Object.entries(collection.groups)) if (members.includes(fieldName)) return group;
  return null;
}

/** Every key of a collection that is not an entry of a keyed column. */
export function plainKeys(collection: Declaration): Key[] {
  const fields = Object.keys(collection.fields).filter(
    (name) => collection.fields[name]!.keyed === 'no' && groupOf(collection, name) === null,
  );
  return [...fields, ...Object.keys(collection.groups)];
}

/** Flat fields as a screen or a table sees them: groups spread out, keyed columns as one object. */
export function fieldsOf(collection: Declaration, values: Readonly<Record<Key, Json>>): Record<string, Json> {
  const flat: Record<string, Json> = {};
  for (const [name, field] of Object.entries(collection.fields)) flat[name] = field.keyed === 'no' ? null : {};
  for (const [key, value] of Object.entries(values)) {
    const { column, entry } = splitKey(key);
    if (collection.groups[key] !== undefined) Object.assign(flat, value as object);
    else if (entry === null) flat[column] = value;
    else setEntry(flat, collection, column, entry, value);
  }
  for (const key of ENVELOPE_KEYS) delete flat[key];
  return flat;
}

function setEntry(flat: Record<string, Json>, collection: Declaration, column: string, entry: string, value: Json) {
  const entries = within(flat, column);
  const dot = collection.fields[column]?.keyed === 'rows' ? entry.indexOf('.') : -1;
  if (dot < 0) entries[entry] = value;
  else within(entries, entry.slice(0, dot))[entry.slice(dot + 1)] = value;
}

/** The object held under a name, made when there is none. */
function within(holder: Record<string, Json>, name: string): Record<string, Json> {
  // Own properties only: an entry may be called `constructor`. A value that was written whole gives way to its rows.
  const held = Object.hasOwn(holder, name) ? holder[name] : null;
  const rows = held !== null && typeof held === 'object' && !Array.isArray(held) ? held : {};
  holder[name] = rows as Json;
  return rows as Record<string, Json>;
}

/** Keys and values of a write, from flat fields: groups folded into one key, keyed columns into entries. */
export function keysOf(collection: Declaration, fields: Readonly<Record<string, Json>>): Record<Key, Json> {
  const keys: Record<Key, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    const group = groupOf(collection, name);
    const field = collection.fields[name];
    if (group !== null) keys[group] = groupValue(collection, group, fields);
    else if (field !== undefined && field.keyed !== 'no' && value !== null) {
      for (const [entry, held] of Object.entries(value as Record<string, Json>)) keys[`${name}.${entry}`] = held;
    } else keys[name] = value;
  }
  return keys;
}

function groupValue(collection: Declaration, group: Key, fields: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(collection.groups[group]!.map((member) => [member, fields[member] ?? null]));
}
