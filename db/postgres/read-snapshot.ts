import type pg from 'pg';
import { addDays, type CalendarDate } from '../../lib/domain/calendar-date.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import { type SnapshotPage, STAGES, type Stage } from '../../lib/replication/protocol/snapshot.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { type ChartPart, NEXT_PATIENTS, type NextPatient, readChartPart, readNextPatients } from './read-chart-page.ts';
import { readHeads } from './read-feed.ts';
import { readOrgRecords } from './read-org-page.ts';
import type { Queryable } from './record-statements.ts';
import { BEGIN_READ, inTransaction, readIdentity } from './replica-identity.ts';
import { sizeOf, type TextTable, tablesBytes } from './row-text.ts';
import { BELONGING_TABLES, clinicsWith } from './snapshot-place.ts';
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
  for (let at = from; ; ) {
    let isEmpty = true;
    const writeTable = (tables: readonly TextTable[]) => {
      if (tables.length > 0) write(tablesBytes(tables, !isEmpty));
      isEmpty &&= tables.length === 0;
    };
    const { next, delivered } =
      at.stage === 'org'
        ? await writeOrg(client, at, scopes, maxBytes, writeTable)
        : await writeCharts(client, at, scopes, maxBytes, writeTable);
    if (!isEmpty || next === null) return { stage: at.stage, delivered, next };
    at = next;
  }
}

type Writing = (tables: readonly TextTable[]) => void;

async function writeOrg(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  maxBytes: number,
  write: Writing,
): Promise<Omit<Written, 'stage'>> {
  const { tables, records, after } = await readOrgRecords(client, at, scopes, maxBytes);
  write(tables);
  return { delivered: { patients: 0, records }, next: after === null ? stageAfter(at) : { ...at, after } };
}

/** Whole charts in the order of patient ids, one patient's records together, so each is written once. */
async function writeCharts(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  maxBytes: number,
  write: Writing,
): Promise<Omit<Written, 'stage'>> {
  const patients = await readNextPatients(client, at, scopes);
  let [done, written, records, patientBytes] = [0, 0, 0, at.patientBytes];
  while (done < patients.length && (done === 0 || hasRoom(patientBytes, maxBytes, written))) {
    const fitting = Math.max(1, Math.floor((maxBytes - written) / patientBytes));
    const isKnown = at.after !== '' || done > 0;
    const asked = patients.slice(done, done + (isKnown ? fitting : Math.min(fitting, FIRST_PATIENTS)));
    for await (const { tables, fresh } of readAhead(client, at.stage, inParts(asked, patientBytes))) {
      write(tables);
      written += sizeOf(tables);
      records += fresh;
    }
    done += asked.length;
    patientBytes = Math.max(200, Math.ceil(written / done));
  }
  const delivered = { patients: at.stage === 'patients' ? done : 0, records };
  const isOver = done === patients.length && done < NEXT_PATIENTS;
  return { delivered, next: isOver ? stageAfter(at) : { ...at, after: patients[done - 1]!.id, patientBytes } };
}

function inParts(patients: readonly NextPatient[], patientBytes: number): (readonly NextPatient[])[] {
  const each = Math.max(1, Math.floor(PART_BYTES / patientBytes));
  return Array.from({ length: Math.ceil(patients.length / each) }, (_, index) =>
    patients.slice(index * each, (index + 1) * each),
  );
}

/** The part that is waited for, and one behind it: PostgreSQL reads while this process encodes and compresses. */
const UNDER_WAY = 2;

async function* readAhead(client: Queryable, stage: Stage, parts: readonly (readonly NextPatient[])[]) {
  const reading: Promise<ChartPart>[] = [];
  try {
    for (const part of parts) {
      reading.push(readChartPart(client, stage, part));
      if (reading.length === UNDER_WAY) yield await reading.shift()!;
    }
    while (reading.length > 0) yield await reading.shift()!;
  } finally {
    // Of a page that is given up, nothing is left running or unheard.
    await Promise.allSettled(reading);
  }
}

/** A last part that is small would cost as much as a large one. */
function hasRoom(patientBytes: number, maxBytes: number, written: number): boolean {
  return maxBytes - written >= Math.max(patientBytes, Math.min(PART_BYTES, maxBytes) / 2);
}

function stageAfter(at: SnapshotToken): SnapshotToken | null {
  const stage = STAGES[STAGES.indexOf(at.stage) + 1];
  return stage === undefined ? null : { ...at, stage, after: '', patientBytes: FIRST_BYTES };
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
