import { COLLECTIONS } from '../../lib/domain/collections.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';
import { selectRowText, type TextTable } from './row-text.ts';
import { clinicsWith, FIRST_ID } from './snapshot-place.ts';
import type { SnapshotToken } from './snapshot-token.ts';

/** What stands in no chart: the organisation's records, the clinics' own, and those of charts that name no patient. */
const ORG_PARTS = COLLECTIONS.filter((one) => one.scope !== 'custody' && one.scope !== 'trail').flatMap(
  (collection) => {
    if (collection.place !== 'chart') return [{ collection, chart: false }];
    return collection.fields.patientId?.nullable === true ? [{ collection, chart: true }] : [];
  },
);

const ORG_ROWS = 500;

/** Records outside the charts. */
interface OrgPart {
  readonly tables: readonly TextTable[];
  readonly records: number;
  /** The last thing read; null when there is no more. */
  readonly after: string | null;
}

/** The next records outside the charts, at most about `bytes`. */
export async function readOrgRecords(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  bytes: number,
): Promise<OrgPart> {
  let [index, last] = positionOf(at.after);
  const tables: TextTable[] = [];
  let records = 0;
  let room = bytes;
  while (index < ORG_PARTS.length && room > 0) {
    const rows = await readOrgRows(client, index, last, scopes);
    const taken = rows.slice(0, fitting(rows, room));
    const text = taken.map((row) => row.text).join(',');
    if (taken.length > 0) tables.push({ collection: ORG_PARTS[index]!.collection.name, rows: text });
    records += taken.length;
    room -= text.length;
    const done = taken.length === rows.length && rows.length < ORG_ROWS;
    [index, last] = done ? [index + 1, ''] : [index, taken.at(-1)!.key];
  }
  return { tables, records, after: index < ORG_PARTS.length ? `${index}/${last}` : null };
}

function positionOf(after: string): [number, string] {
  const match = /^(\d{1,3})\/([0-9a-f-]{36})?$/.exec(after);
  return match === null ? [0, ''] : [Number(match[1]), match[2] ?? ''];
}

interface TextRow {
  key: string;
  text: string;
}

async function readOrgRows(
  client: Queryable,
  index: number,
  last: string,
  scopes: readonly ScopeId[],
): Promise<TextRow[]> {
  const { collection, chart } = ORG_PARTS[index]!;
  const org = collection.scope === 'org';
  if (org && !scopes.includes('org')) return [];
  const clinics = org ? [] : clinicsWith(scopes, collection.scope);
  const where = org
    ? 'cardinality($2::uuid[]) = 0'
    : `clinic_id = any($2::uuid[])${chart ? ' and patient_id is null' : ''}`;
  const found = await client.query<TextRow>({
    name: `snapshot org:${collection.name}`,
    text: selectRowText(collection.name, 'id', `where id > $1 and ${where} order by id limit ${ORG_ROWS}`),
    values: [last === '' ? FIRST_ID : last, clinics],
  });
  return found.rows;
}

/** How many of the rows fit; at least one, so that a page always moves on. */
function fitting(rows: readonly TextRow[], room: number): number {
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    bytes += row.text.length;
    if (bytes > room) return Math.max(1, index);
  }
  return rows.length;
}
