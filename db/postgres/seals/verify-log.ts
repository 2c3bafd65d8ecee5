import type { Change } from '../../../lib/replication/change.ts';
import type { Queryable } from '../record-statements.ts';
import { firstHead, LEAF, nextHead, sealText } from './chain.ts';
import type { Report } from './finding.ts';
import { reportEmptied, reportMissingRows } from './log-against-tables.ts';
import type { SealKey } from './seal-key.ts';

const PAGE = 200;

/** A scope with a log, as it stood when its check began. */
export interface LogScope {
  readonly number: number;
  readonly id: string;
  readonly pos: number;
}

export interface LoggedRow {
  readonly pos: number;
  readonly id: string;
  readonly action_id: string;
  readonly origin: string;
  readonly origin_seq: number;
  readonly collection: string;
  readonly record_id: string;
  readonly clinic_id: string | null;
  readonly author: string;
  readonly kind: string;
  readonly result: string;
  readonly body: string | null;
  readonly bare: boolean;
  readonly late: boolean;
  readonly whole: boolean;
  readonly leaf: Buffer;
}

interface SealRow {
  readonly pos: number;
  readonly head: Buffer;
  readonly signature: Buffer;
}

/** How far a log was followed. `sound`: the last place that the chain proves. */
interface Walk {
  readonly scope: LogScope;
  readonly key: SealKey | null;
  readonly report: Report;
  pos: number;
  head: Buffer;
  sound: number;
  unsealed: { pos: number; late: boolean } | null;
}

/**
 * Follows one scope's log from its first place to its last: places, texts, chain, seals, and a stored record for every
 * applied change. Run on one snapshot. `unsealedMinutes`: how long a change may wait for its seal. Returns how many
 * changes it read.
 */
export async function verifyLog(
  client: Queryable,
  scope: LogScope,
  key: SealKey | null,
  unsealedMinutes: number,
  report: Report,
): Promise<number> {
  const walk: Walk = { scope, key, report, pos: 0, head: firstHead(scope.id), sound: 0, unsealed: null };
  let read = 0;
  for (;;) {
    const { rows } = await client.query<LoggedRow>({
      name: 'verify log',
      text: READ_LOG,
      values: [scope.number, walk.pos, unsealedMinutes],
    });
    if (rows.length === 0) break;
    read += rows.length;
    await followPage(client, walk, rows);
  }
  await endOf(client, walk);
  return read;
}

async function followPage(client: Queryable, walk: Walk, rows: readonly LoggedRow[]): Promise<void> {
  const { scope, report } = walk;
  const found = await client.query<SealRow>({
    name: 'verify seals',
    text: 'select pos, head, signature from seals where scope = $1 and pos > $2 and pos <= $3 order by pos',
    values: [scope.number, walk.pos, rows.at(-1)!.pos],
  });
  const seals = found.rows.values();
  let seal = seals.next().value;
  for (const row of rows) {
    for (; seal !== undefined && seal.pos < row.pos; seal = seals.next().value) checkSeal(walk, seal, null);
    follow(walk, row);
    if (seal?.pos !== row.pos) continue;
    checkSeal(walk, seal, walk.head);
    seal = seals.next().value;
  }
  await reportEmptied(client, scope.id, rows, report);
  await reportMissingRows(client, scope.id, rows, report);
}

function follow(walk: Walk, row: LoggedRow): void {
  const { scope, report } = walk;
  if (row.pos !== walk.pos + 1) report({ kind: 'log-gap', scope: scope.id, pos: walk.pos + 1, upTo: row.pos - 1 });
  const names = {
    scope: scope.id,
    pos: row.pos,
    changeId: row.id,
    collection: row.collection,
    recordId: row.record_id,
  };
  if (row.body !== null && !row.whole) report({ kind: 'body-changed', ...names });
  else if (row.body !== null && !isFiledRightly(row, row.body, scope.id)) report({ kind: 'change-misfiled', ...names });
  walk.pos = row.pos;
  walk.head = nextHead(walk.head, row.leaf);
  walk.unsealed ??= { pos: row.pos, late: row.late };
}

function isFiledRightly(row: LoggedRow, body: string, scopeId: string): boolean {
  const change = JSON.parse(body) as Change;
  return (
    change.id === row.id &&
    change.actionId === row.action_id &&
    change.origin === row.origin &&
    change.originSeq === row.origin_seq &&
    change.collection === row.collection &&
    change.recordId === row.record_id &&
    change.clinicId === row.clinic_id &&
    change.author === row.author &&
    change.kind === row.kind &&
    scopeId === (change.clinicId === null ? 'org' : `${change.clinicId}:trail`)
  );
}

/** `head`: that of the log at the seal's place, or null where the log has no such place. */
function checkSeal(walk: Walk, seal: SealRow, head: Buffer | null): void {
  const { scope, key, report } = walk;
  const signed = key === null || key.verify(sealText(scope.id, seal.pos, seal.head), seal.signature);
  if (!signed) report({ kind: 'seal-forged', scope: scope.id, pos: seal.pos });
  else if (head?.equals(seal.head) !== true) {
    report({ kind: 'chain-broken', scope: scope.id, pos: walk.sound + 1, upTo: seal.pos });
  }
  if (!signed) return;
  // What is signed goes on being believed: an edit is named once, between its seals.
  walk.head = seal.head;
  walk.sound = seal.pos;
  walk.unsealed = null;
}

async function endOf(client: Queryable, { scope, report, pos, unsealed }: Walk): Promise<void> {
  if (pos !== scope.pos) {
    const [first, last] = pos < scope.pos ? [pos + 1, scope.pos] : [scope.pos + 1, pos];
    report({ kind: pos < scope.pos ? 'log-cut' : 'scope-places', scope: scope.id, pos: first, upTo: last });
  }
  const beyond = await client.query<{ pos: number | null }>({
    name: 'verify seals beyond',
    text: 'select max(pos) as pos from seals where scope = $1 and pos > $2',
    values: [scope.number, pos],
  });
  const last = beyond.rows[0]?.pos ?? null;
  if (last !== null) report({ kind: 'seal-beyond', scope: scope.id, pos: pos + 1, upTo: last });
  if (unsealed?.late) report({ kind: 'unsealed-tail', scope: scope.id, pos: unsealed.pos, upTo: pos });
}

const READ_LOG = `select pos, id, action_id, origin, origin_seq, collection, record_id, clinic_id, author, kind, result, body,
    salt is null as bare, received_at < now() - make_interval(mins => $3) as late,
    (hash = sha256(uuid_send(salt) || convert_to(body, 'UTF8'))) is true as whole, ${LEAF} as leaf
  from changes where scope = $1 and pos > $2 order by pos limit ${PAGE}`;
