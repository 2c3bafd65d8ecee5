import type { Declaration } from './declaration.ts';
import type { Json } from './json.ts';
import { CREATED, DELETED, ERASED, type Key, splitKey } from './key.ts';
import type { StoredRecord } from './record.ts';
import type { Stamp } from './stamp.ts';

/**
 * How the records of one collection stand in a row: flat columns in a known order, as PostgreSQL keeps them. A layout
 * travels with the rows, so a receiver that does not know a column or a group still rebuilds every key.
 */
export interface Layout {
  readonly collection: string;
  readonly columns: readonly string[];
  readonly groups: Readonly<Record<Key, readonly string[]>>;
  /** Columns whose entries have rows: `answers.<id>.<rowId>`. */
  readonly rows: readonly string[];
}

/** `[id, stamps as text, unknown keys or null, …columns]` */
export type Row = readonly Json[];

/** Columns before those of the layout. */
export const ROW_HEAD = 3;

export const ENVELOPE_GROUPS: Readonly<Record<Key, readonly string[]>> = {
  [CREATED]: ['createdAt', 'createdBy', 'createdOn'],
  [DELETED]: ['deletedAt', 'deletedBy', 'deletedReason'],
};
export const ENVELOPE_COLUMNS: readonly string[] = [...ENVELOPE_GROUPS[CREATED]!, ...ENVELOPE_GROUPS[DELETED]!, ERASED];

export function layoutOf(collection: Declaration): Layout {
  return {
    collection: collection.name,
    columns: [...ENVELOPE_COLUMNS, ...Object.keys(collection.fields)],
    groups: { ...ENVELOPE_GROUPS, ...collection.groups },
    rows: Object.keys(collection.fields).filter((name) => collection.fields[name]!.keyed === 'rows'),
  };
}

/** The layout for a collection that this version does not know: every key is kept as it came. */
export function unknownLayout(collection: string): Layout {
  return { collection, columns: [], groups: {}, rows: [] };
}

export function encodeRow(layout: Layout, record: StoredRecord): Json[] {
  const cells: Record<string, Json> = {};
  const unknown: Record<Key, Json> = {};
  const inRows = entriesInRows(layout, record.values);
  for (const [key, value] of Object.entries(record.values)) {
    const { column, entry } = splitKey(key);
    if (layout.groups[key] !== undefined) Object.assign(cells, value as object);
    else if (inRows.has(key)) unknown[key] = value;
    else if (!layout.columns.includes(column) || isMember(layout, column)) unknown[key] = value;
    else if (entry === null) cells[column] = value;
    else writeEntry(layout, cells, column, entry, value);
  }
  const rest = Object.keys(unknown).length === 0 ? null : unknown;
  return [record.id, encodeStamps(record.stamps), rest, ...layout.columns.map((column) => cells[column] ?? null)];
}

export function decodeRow(layout: Layout, row: Row): StoredRecord {
  const stamps = decodeStamps(row[1] as string);
  const unknown = (row[2] ?? {}) as Record<Key, Json>;
  const cells: Record<string, Json> = {};
  layout.columns.forEach((column, index) => {
    cells[column] = row[ROW_HEAD + index] ?? null;
  });
  const values: Record<Key, Json> = {};
  for (const key of Object.keys(stamps)) values[key] = key in unknown ? unknown[key]! : readKey(layout, cells, key);
  return { collection: layout.collection, id: row[0] as string, values, stamps };
}

/** Entries written row by row. One that was also written whole cannot stand in the same place: that is kept aside. */
function entriesInRows(layout: Layout, values: Readonly<Record<Key, Json>>): ReadonlySet<Key> {
  const entries = new Set<Key>();
  for (const column of layout.rows) {
    for (const key of Object.keys(values)) {
      const dot = key.startsWith(`${column}.`) ? key.indexOf('.', column.length + 1) : -1;
      if (dot > 0) entries.add(key.slice(0, dot));
    }
  }
  return entries;
}

/** A member of a group is never a key of its own: a stray one is kept aside rather than mixed into the group. */
function isMember(layout: Layout, column: string): boolean {
  return Object.values(layout.groups).some((members) => members.includes(column));
}

function writeEntry(layout: Layout, cells: Record<string, Json>, column: string, entry: string, value: Json) {
  const entries = objectAt(cells, column);
  const dot = layout.rows.includes(column) ? entry.indexOf('.') : -1;
  if (dot < 0) entries[entry] = value;
  else objectAt(entries, entry.slice(0, dot))[entry.slice(dot + 1)] = value;
}

function objectAt(holder: Record<string, Json>, name: string): Record<string, Json> {
  // Own properties only: an entry may be called `constructor`.
  const held = (Object.hasOwn(holder, name) ? holder[name] : null) ?? {};
  holder[name] = held;
  return held as Record<string, Json>;
}

function readKey(layout: Layout, cells: Record<string, Json>, key: Key): Json {
  const group = layout.groups[key];
  if (group !== undefined) return Object.fromEntries(group.map((member) => [member, cells[member] ?? null]));
  const { column, entry } = splitKey(key);
  const cell = cells[column] ?? null;
  if (entry === null || cell === null) return cell;
  const entries = cell as Record<string, Json>;
  const dot = layout.rows.includes(column) ? entry.indexOf('.') : -1;
  if (dot < 0) return entries[entry] ?? null;
  const rows = entries[entry.slice(0, dot)] as Record<string, Json> | undefined;
  return rows?.[entry.slice(dot + 1)] ?? null;
}

/** Stamps as text: `{"<stamp>":[keys]}`, sorted, because most keys of a record share one stamp. */
export function encodeStamps(stamps: Readonly<Record<Key, Stamp>>): string {
  const byStamp = new Map<Stamp, Key[]>();
  for (const key of Object.keys(stamps).sort()) {
    const stamp = stamps[key]!;
    const keys = byStamp.get(stamp);
    if (keys === undefined) byStamp.set(stamp, [key]);
    else keys.push(key);
  }
  const sorted = [...byStamp.entries()].sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}

export function decodeStamps(text: string): Record<Key, Stamp> {
  const stamps: Record<Key, Stamp> = {};
  for (const [stamp, keys] of Object.entries(JSON.parse(text) as Record<Stamp, Key[]>)) {
    for (const key of keys) stamps[key] = stamp;
  }
  return stamps;
}
