import type pg from 'pg';
import { addDays, type CalendarDate } from '../../lib/domain/calendar-date.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import { type SnapshotPage, STAGES, type Stage } from '../../lib/replication/protocol/snapshot.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { readCharts } from './read-chart-page.ts';
import { readHeads } from './read-feed.ts';
import { readOrgRecords } from './read-org-page.ts';
import type { Queryable } from './record-statements.ts';
import { BEGIN_READ, inTransaction, readIdentity } from './replica-identity.ts';
import { sizeOf, tablesBytes } from './row-text.ts';
import { BELONGING_TABLES, clinicsWith, type SnapshotPart } from './snapshot-place.ts';
import { type SnapshotToken, writeToken } from './snapshot-token.ts';

/** Patients with a visit in this many days come before the others. */
const RECENT_DAYS = 90;

/** What is read at once: while one part is compressed, the next is read. Each repeats its tables' layouts. */
const PART_BYTES = 256 * 1024;
/** Patients of the first read of a stage, and what one is taken for: it is not known yet. */
const FIRST_PATIENTS = 16;
const FIRST_BYTES = 4096;

/**
 * The next page of a first sync, as JSON (UTF-8) of `snapshotPageSchema`, handed to `write` part by part: nothing holds
 * a whole page. `granted` are the scopes that the device may hold now; a page gives only those. A token of another
 * replica or epoch starts again: what comes twice is merged. Whatever is thrown, what was written is no page.
 */
export function readSnapshotPage(
  pool: pg.Pool,
  request: { token: SnapshotToken | null; scopes: readonly ScopeId[] | null; maxBytes: number },
  granted: readonly ScopeId[],
  today: CalendarDate,
): (write: (part: Buffer) => void) => Promise<void> {
  return (write) =>
    inTransaction(pool, BEGIN_READ, async (client) => {
      const identity = await readIdentity(client);
      const { token } = request;
      const held = token?.epoch === identity.epoch && token.replicaId === identity.replicaId ? token : null;
      const from = held ?? (await startToken(client, identity, wanted(granted, request.scopes), today));
      const scopes = wanted(granted, from.scopes);
      write(TABLES);
      const { stage, next, delivered } = await writeTables(client, from, scopes, request.maxBytes, write);
      write(headBytes(identity, from, scopes, { stage, next, delivered }));
    });
}

const TABLES = Buffer.from('{"tables":[');

interface Written {
  readonly stage: Stage;
  readonly delivered: SnapshotPage['delivered'];
  /** Where the next page goes on; null when there is none. */
  readonly next: SnapshotToken | null;
}

/** Writes what fits of one stage, the first from `from` on that has anything. */
async function writeTables(
  client: Queryable,
  from: SnapshotToken,
  scopes: readonly ScopeId[],
  maxBytes: number,
  write: (part: Buffer) => void,
): Promise<Written> {
  let written = 0;
  const read = (at: SnapshotToken) => readPart(client, at, scopes, partBytes(at, maxBytes - written));
  let [at, part] = [from, await read(from)];
  let delivered = { patients: 0, records: 0 };
  for (;;) {
    const size = sizeOf(part.tables);
    const next = following(at, part, size);
    const comma = written > 0 && size > 0;
    written += size;
    delivered = sumOf(delivered, part.delivered);
    const more = next !== null && (written === 0 || (next.stage === at.stage && hasRoom(next, maxBytes, written)));
    // Asked before this part is written out: PostgreSQL reads while this process encodes and compresses.
    const reading = more ? read(next) : null;
    if (size > 0) write(tablesBytes(part.tables, comma));
    if (reading === null || next === null) return { stage: at.stage, delivered, next };
    [at, part] = [next, await reading];
  }
}

/** How much to read at once: a part, and little where it is not known yet what a patient takes. */
function partBytes({ stage, after, patientBytes }: SnapshotToken, room: number): number {
  if (stage === 'org') return room;
  return Math.min(room, PART_BYTES, after === '' ? FIRST_PATIENTS * patientBytes : room);
}

/** A last part that is small would cost as much as a large one. */
function hasRoom({ stage, patientBytes }: SnapshotToken, maxBytes: number, written: number): boolean {
  const room = maxBytes - written;
  return stage === 'org' ? room > 0 : room >= Math.max(patientBytes, Math.min(PART_BYTES, maxBytes) / 2);
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
  const sources = BELONGING_TABLES.map(
    ([table, condition]) => `select patient_id from ${table} where clinic_id = any($1::uuid[]) and ${condition}`,
  );
  const patients = await client.query<{ n: number }>(`select count(*)::int as n from (${sources.join(' union ')}) p`, [
    clinicsWith(scopes, 'desk'),
  ]);
  return {
    replicaId,
    epoch,
    scopes: [...scopes],
    cursors: Object.fromEntries(scopes.map((scope) => [scope, seqs.get(scope) ?? 0])),
    totals: { patients: patients.rows[0]!.n, records: heads.reduce((sum, head) => sum + head.count, 0) },
    since: addDays(today, -RECENT_DAYS),
    stage: 'org',
    after: '',
    patientBytes: FIRST_BYTES,
  };
}

function readPart(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  bytes: number,
): Promise<SnapshotPart> {
  return at.stage === 'org' ? readOrgRecords(client, at, scopes, bytes) : readCharts(client, at, scopes, bytes);
}

function following(at: SnapshotToken, part: SnapshotPart, size: number): SnapshotToken | null {
  if (part.after !== null) {
    const patientBytes = part.units === 0 ? at.patientBytes : Math.max(200, Math.ceil(size / part.units));
    return { ...at, after: part.after, patientBytes };
  }
  const stage = STAGES[STAGES.indexOf(at.stage) + 1];
  // A whole chart is much more than the patient alone.
  const patientBytes = at.stage === 'patients' ? FIRST_BYTES : at.patientBytes;
  return stage === undefined ? null : { ...at, stage, after: '', patientBytes };
}

function sumOf(left: SnapshotPage['delivered'], right: SnapshotPage['delivered']): SnapshotPage['delivered'] {
  return { patients: left.patients + right.patients, records: left.records + right.records };
}

/** Behind the tables: only then is it known how far they went. */
function headBytes(
  { epoch, rootEpoch }: FeedIdentity,
  { cursors, totals }: SnapshotToken,
  scopes: readonly ScopeId[],
  { stage, next, delivered }: Written,
): Buffer {
  const held = Object.fromEntries(Object.entries(cursors).filter(([scope]) => scopes.includes(scope)));
  const token = next === null ? null : writeToken(next);
  const head = { epoch, rootEpoch, stage, token, scopes, cursors: held, totals, delivered };
  return Buffer.from(`],${JSON.stringify(head).slice(1)}`);
}
