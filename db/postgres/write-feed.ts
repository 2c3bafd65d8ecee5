import type { Change } from '../../lib/replication/change.ts';
import type { ScopeHint } from '../../lib/replication/protocol/hint.ts';
import type { AcceptanceTransaction, ReceivedChange } from './acceptance-store.ts';
import { emptyBodies } from './empty-bodies.ts';
import { together } from './faults.ts';
import type { Queryable } from './record-statements.ts';

/** Sums and counts that a transaction adds to one scope. */
interface ScopeMove {
  readonly id: string;
  lines: number;
  logged: number;
  count: number;
  digest: bigint;
}

/**
 * The transaction's last act: locks the scopes it touched in the order of their ids, takes their next seqs and places,
 * writes feed and log, and empties what the log holds of erased records. What is sent with it must end with COMMIT: seq
 * order is commit order only while the locks live. Sent before it returns; resolves with the scopes whose seq moved.
 */
export function writeFeedAndLog(client: Queryable, store: AcceptanceTransaction, judge: string): Promise<ScopeHint[]> {
  const { feed, deltas, log } = store;
  const moves = new Map<string, ScopeMove>();
  const moveOf = (id: string): ScopeMove => {
    const held = moves.get(id) ?? { id, lines: 0, logged: 0, count: 0, digest: 0n };
    moves.set(id, held);
    return held;
  };
  for (const [id, { count, digest }] of deltas) Object.assign(moveOf(id), { count, digest });
  const lines = [...feed.values()].map((entry) => {
    const place = ++moveOf(entry.scope).lines;
    return { s: entry.scope, k: place, c: entry.collection, r: entry.recordId, l: entry.leftStamp };
  });
  const places = log.map(({ change }) => ++moveOf(trailOf(change)).logged);
  const ids = [...moves.keys()].sort();
  const sums = [...moves.values()].map((one) => ({
    id: one.id,
    n: one.lines,
    l: one.logged,
    c: one.count,
    x: String(one.digest),
  }));
  const sent = together([
    client.query({ name: 'new scopes', text: NEW_SCOPES, values: [ids] }),
    client.query({ name: 'lock scopes', text: LOCK_SCOPES, values: [ids] }),
    client.query<ScopeHint>({
      name: 'feed and log',
      text: WRITE,
      values: [JSON.stringify(sums), JSON.stringify(lines), ...columnsOf(log, places, judge)],
    }),
    emptyBodies(client, store.erased()),
  ]);
  return sent.then(([, , moved]) => moved.rows);
}

/** Where a change stands in the log: the trail of the clinic where its author acted. */
function trailOf(change: Change): string {
  return change.clinicId === null ? 'org' : `${change.clinicId}:trail`;
}

function columnsOf(log: readonly ReceivedChange[], places: readonly number[], judge: string): unknown[] {
  const column = <T>(pick: (logged: ReceivedChange) => T): T[] => log.map(pick);
  return [
    column(({ change }) => trailOf(change)),
    places,
    column(({ change }) => change.id),
    column(({ change }) => change.actionId),
    column(({ change }) => change.origin),
    column(({ change }) => change.originSeq),
    column(({ change }) => change.collection),
    column(({ change }) => change.recordId),
    column(({ change }) => change.clinicId),
    column(({ change }) => change.author),
    column(({ change }) => change.kind),
    column(({ outcome }) => outcome.result),
    column(({ outcome }) => (outcome.refusal === null ? null : JSON.stringify(outcome.refusal))),
    column(({ outcome }) => outcome.confirmed),
    column(({ receivedFrom }) => receivedFrom),
    column(({ change }) => JSON.stringify(change)),
    judge,
  ];
}

const NEW_SCOPES = `insert into scopes (id) select i from unnest($1::text[]) i
  where not exists (select from scopes where id = i) order by i on conflict do nothing`;

const LOCK_SCOPES = 'select from scopes where id = any($1::text[]) order by id for no key update';

const WRITE = `with moved as (
    update scopes s set seq = s.seq + d.n, pos = s.pos + d.l, count = s.count + d.c, digest = s.digest # d.x
    from json_to_recordset($1::json) d(id text, n integer, l integer, c integer, x bigint) where s.id = d.id
    returning s.id, s.number, s.seq - d.n as seq, s.pos - d.l as pos, d.n
  ), fed as (
    insert into feed (scope, seq, collection, record_id, left_stamp)
    select m.number, m.seq + f.k, f.c, f.r, f.l
    from json_to_recordset($2::json) f(s text, k integer, c text, r uuid, l text) join moved m on m.id = f.s
    on conflict (scope, collection, record_id) do update set seq = excluded.seq, left_stamp = excluded.left_stamp
  ), given as (
    select t.*, gen_random_uuid() as salt
    from unnest($3::text[], $4::integer[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[], $9::text[], $10::uuid[],
      $11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::json[], $16::boolean[], $17::uuid[], $18::text[])
    with ordinality t(scope, place, id, action_id, origin, origin_seq, collection, record_id, clinic_id, author, kind,
      result, refusal, confirmed, received_from, body, turn)
  ), logged as (
  insert into changes (id, action_id, origin, origin_seq, scope, pos, collection, record_id, clinic_id, author, kind,
    result, refusal, judge, confirmed, received_from, body, salt, hash)
  select g.id, g.action_id, g.origin, g.origin_seq, m.number, m.pos + g.place, g.collection, g.record_id, g.clinic_id,
    g.author, g.kind, g.result, g.refusal, $19::uuid, g.confirmed, g.received_from, g.body, g.salt,
    sha256(uuid_send(g.salt) || convert_to(g.body, 'UTF8'))
  from given g join moved m on m.id = g.scope order by g.turn
  )
  select id as scope, seq + n as seq from moved where n > 0`;
