import { COLLECTIONS } from '../../lib/domain/collections.ts';
import { partialDate } from '../../lib/domain/field-types.ts';
import type { Declaration } from '../../lib/replication/declaration.ts';
import { ENVELOPE_COLUMNS } from '../../lib/replication/layout.ts';

/** One column of a record table: its name in the declaration and in PostgreSQL, its type, its condition. */
export interface RecordColumn {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly check: string | null;
}

/** snake_case as Kysely's CamelCasePlugin writes it: `systolicMmHg` → `systolic_mm_hg`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<![A-Z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

export function tableName(collection: string): string {
  return snakeCase(collection);
}

const HEAD_TYPES: Readonly<Record<string, string>> = { id: 'uuid', stamps: 'text', unknown: 'jsonb' };
const ENVELOPE_TYPES: Readonly<Record<string, string>> = {
  createdAt: 'timestamptz(3)',
  createdBy: 'uuid',
  createdOn: 'uuid',
  deletedAt: 'timestamptz(3)',
  deletedBy: 'uuid',
  deletedReason: 'text',
  erased: 'boolean',
};

/** Every column of a collection's table, in the order of lib/replication/layout.ts: id, stamps, unknown, envelope, fields. */
export function columnsOf(collection: Declaration): RecordColumn[] {
  const plain = (field: string, type: string): RecordColumn => ({ field, name: snakeCase(field), type, check: null });
  return [
    ...Object.entries(HEAD_TYPES).map(([field, type]) => plain(field, type)),
    ...ENVELOPE_COLUMNS.map((field) => plain(field, ENVELOPE_TYPES[field]!)),
    ...Object.entries(collection.fields).map(([field, { column, check }]) => {
      const name = snakeCase(field);
      // Only the first `$` is the column: a pattern may end in one of its own.
      return { field, name, type: column, check: check === null ? null : check.replace('$', () => quoted(name)) };
    }),
  ];
}

export function quoted(name: string): string {
  return `"${name}"`;
}

const PARTIAL_DATE = partialDate().check;

/** Generated beside every partial date, for reports: its first day. `make_date` also refuses a day that does not exist. */
function firstDays(collection: Declaration): string[] {
  const partial = Object.keys(collection.fields).filter((name) => collection.fields[name]!.check === PARTIAL_DATE);
  return partial.map(snakeCase).map((name) => {
    const part = (from: number) => `coalesce(nullif(substr(${quoted(name)}, ${from}, 2), '')::integer, 1)`;
    const day = `make_date(substr(${quoted(name)}, 1, 4)::integer, ${part(6)}, ${part(9)})`;
    return `  ${quoted(`${name}_from`)} date generated always as (${day}) stored`;
  });
}

const INDEXES: Readonly<Record<string, readonly string[]>> = {
  patientClinics: ['(clinic_id, patient_id)'],
  permissions: ['(user_id)'],
  formVersions: ['(form_id)'],
};

/** Two people cannot have one name to sign in with: the second is refused as invalid. */
const UNIQUE: Readonly<Record<string, string>> = { credentials: '(username) where deleted_at is null' };

/** CREATE TABLE and its indexes. Only `id` and `stamps` are never null: a record may arrive in parts. */
export function tableDdl(collection: Declaration): string {
  const table = tableName(collection.name);
  const lines = columnsOf(collection).map(({ name, type, check }) => {
    const needed = name === 'id' ? ' primary key' : name === 'stamps' ? ' not null' : '';
    return `  ${quoted(name)} ${type}${needed}${check === null ? '' : ` check (${check})`}`;
  });
  const references = ['patientId', 'clinicId'].filter((field) => collection.fields[field] !== undefined);
  const indexes = [
    ...references
      .filter((field) => !(field === 'clinicId' && collection.name === 'patientClinics'))
      .map((field) => `create index on ${quoted(table)} (${snakeCase(field)});`),
    ...(INDEXES[collection.name] ?? []).map((columns) => `create index on ${quoted(table)} ${columns};`),
    ...[UNIQUE[collection.name] ?? []].flat().map((rule) => `create unique index on ${quoted(table)} ${rule};`),
  ];
  const body = [...lines, ...firstDays(collection)].join(',\n');
  return [`create table ${quoted(table)} (\n${body}\n);`, ...indexes].join('\n');
}

/** The order in which tables are read, locked and written. */
export const TABLE_ORDER: ReadonlyMap<string, number> = new Map(
  COLLECTIONS.map((collection, index) => [collection.name, index]),
);
