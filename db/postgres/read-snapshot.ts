import type pg from 'pg';
import { addDays, type CalendarDate } from '../../lib/domain/calendar-date.ts';
import { COLLECTIONS } from '../../lib/domain/collections.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import { STAGES } from '../../lib/replication/protocol/snapshot.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { readChartPage } from './read-chart-page.ts';
import { readHeads } from './read-feed.ts';
import type { Queryable } from './record-statements.ts';
import { BEGIN_READ, inTransaction, readIdentity } from './replica-identity.ts';
import { selectRowText, type TextTable, tablesText } from './row-text.ts';
import { clinicsWith, FIRST_ID, type SnapshotPlace } from './snapshot-place.ts';
import { type SnapshotToken, writeToken } from './snapshot-token.ts';

/** Patients with a visit in this many days come before the others. */
const RECENT_DAYS = 90;

/**
 * The next page of a first sync, as JSON text of `snapshotPageSchema`. `granted` are the scopes that the device may
 * hold now; a page gives only those. A token of another replica or epoch starts again: what comes twice is merged.
 */
export function readSnapshotPage(
  pool: pg.Pool,
  request: { token: SnapshotToken | null; scopes: readonly ScopeId[] | null; maxBytes: number },
  granted: readonly ScopeId[],
  today: CalendarDate,
): Promise<string> {
  return inTransaction(pool, BEGIN_READ, async (client) => {
    const identity = await readIdentity(client);
    const { token } = request;
    const held = token?.epoch === identity.epoch && token.replicaId === identity.replicaId ? token : null;
    let at = held ?? (await startToken(client, identity, wanted(granted, request.scopes), today));
    const scopes = wanted(granted, at.scopes);
    for (;;) {
      const page = await readStage(client, at, scopes, request.maxBytes);
      const next = following(at, page);
      if (page.tables.length > 0 || next === null) return pageText(identity, at, scopes, page, next);
      at = next;
    }
  });
}

function wanted(granted: readonly ScopeId[], asked: readonly ScopeId[] | null): ScopeId[] {
  return asked === null ? [...granted] : granted.filter((scope) => asked.includes(scope));
}

async function startToken(
  client: Queryable,
  { replicaId, epoch }: FeedIdentity,
  scopes: readonly ScopeId[],
  today: CalendarDate,
): Promise<SnapshotToken> {
  const heads = await readHeads(client, scopes);
  const seqs = new Map(heads.map((head) => [head.scope, head.seq]));
  const patients = await client.query<{ n: number }>(
    `select count(distinct patient_id)::int as n from patient_clinics
     where clinic_id = any($1::uuid[]) and left_at is null and deleted_at is null and erased is not true`,
    [clinicsWith(scopes, 'desk')],
  );
  return {
    replicaId,
    epoch,
    scopes: [...scopes],
    cursors: Object.fromEntries(scopes.map((scope) => [scope, seqs.get(scope) ?? 0])),
    totals: { patients: patients.rows[0]!.n, records: heads.reduce((sum, head) => sum + head.count, 0) },
    since: addDays(today, -RECENT_DAYS),
    stage: 'org',
    after: '',
    patientBytes: 4096,
  };
}

function readStage(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  maxBytes: number,
): Promise<SnapshotPlace> {
  return at.stage === 'org' ? readOrgPage(client, at, scopes, maxBytes) : readChartPage(client, at, scopes, maxBytes);
}

function following(at: SnapshotToken, page: SnapshotPlace): SnapshotToken | null {
  if (page.after !== null) return { ...at, after: page.after, patientBytes: page.patientBytes };
  const stage = STAGES[STAGES.indexOf(at.stage) + 1];
  return stage === undefined ? null : { ...at, stage, after: '' };
}

/** What stands in no chart: the organisation's records, the clinics' own, and those of charts that name no patient. */
const ORG_PARTS = COLLECTIONS.filter((one) => one.scope !== 'custody' && one.scope !== 'trail').flatMap(
  (collection) => {
    if (collection.place !== 'chart') return [{ collection, chart: false }];
    return collection.fields.patientId?.nullable === true ? [{ collection, chart: true }] : [];
  },
);

const ORG_ROWS = 500;

async function readOrgPage(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  maxBytes: number,
): Promise<SnapshotPlace> {
  let [index, last] = positionOf(at.after);
  const tables: TextTable[] = [];
  let records = 0;
  let room = maxBytes;
  while (index < ORG_PARTS.length && room > 0) {
    const rows = await readOrgRows(client, index, last, scopes);
    const taken = rows.slice(0, fitting(rows, room));
    if (taken.length > 0)
      tables.push({ collection: ORG_PARTS[index]!.collection.name, rows: taken.map((row) => row.text) });
    records += taken.length;
    room -= taken.reduce((sum, row) => sum + row.text.length, 0);
    const done = taken.length === rows.length && rows.length < ORG_ROWS;
    [index, last] = done ? [index + 1, ''] : [index, taken.at(-1)!.key];
  }
  const after = index < ORG_PARTS.length ? `${index}/${last}` : null;
  return { tables, delivered: { patients: 0, records }, after, patientBytes: at.patientBytes };
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

function pageText(
  { epoch, rootEpoch }: FeedIdentity,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  page: SnapshotPlace,
  next: SnapshotToken | null,
): string {
  const cursors = Object.fromEntries(Object.entries(at.cursors).filter(([scope]) => scopes.includes(scope)));
  const head = {
    epoch,
    rootEpoch,
    stage: at.stage,
    token: next === null ? null : writeToken(next),
    scopes,
    cursors,
    totals: at.totals,
    delivered: page.delivered,
  };
  return `${JSON.stringify(head).slice(0, -1)},"tables":${tablesText(page.tables)}}`;
}
