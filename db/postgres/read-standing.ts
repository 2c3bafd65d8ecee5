import type { FeedStanding, ScopeHead } from '../../lib/replication/feed-store.ts';
import type { OriginStanding } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { NOTHING_RECEIVED } from '../../lib/replication/watermark.ts';
import type { Queryable } from './record-statements.ts';
import { type IdentityRow, identityColumns, identityOf, readIdentity } from './replica-identity.ts';
import { readRevised } from './revise-log.ts';

interface OriginRow {
  id: string;
  received: { seq: number; chain: string };
  confirmed: { seq: number; chain: string };
  backedUp: number;
  revised: boolean;
}

interface StandingRow extends IdentityRow {
  origins: OriginRow[];
  heads: ScopeHead[];
}

/** All that an exchange with nothing new asks of a replica, in one statement: a phone asks it all day. */
const READ = `select ${identityColumns},
    coalesce((select json_agg(json_build_object('id', o.replica_id, 'backedUp', o.backed_up_seq,
        'received', json_build_object('seq', o.received_seq, 'chain', o.received_chain),
        'confirmed', json_build_object('seq', o.confirmed_seq, 'chain', o.confirmed_chain),
        'revised', exists (select from changes c where c.origin = o.replica_id and c.revised)))
      from origins o where o.replica_id = any($1::uuid[])), '[]') as origins,
    coalesce((select json_agg(json_build_object('scope', s.id, 'seq', s.seq, 'count', s.count, 'digest', s.digest::text))
      from scopes s where s.id = any($2::text[])), '[]') as heads
  from replica`;

/** Who this replica is, how far the changes of these origins are, where these scopes stand: as of one moment. */
export async function readStanding(
  client: Queryable,
  origins: readonly string[],
  scopes: readonly ScopeId[],
): Promise<FeedStanding> {
  const read = () => client.query<StandingRow>({ name: 'standing', text: READ, values: [origins, scopes] });
  let row = (await read()).rows[0];
  if (row === undefined) {
    await readIdentity(client);
    row = (await read()).rows[0]!;
  }
  const { root } = row;
  const byOrigin = new Map(row.origins.map((one) => [one.id, one]));
  const revised = row.origins.filter((one) => one.revised).map(({ id }) => id);
  return {
    identity: identityOf(row),
    origins: Object.fromEntries(origins.map((origin) => [origin, standingOf(byOrigin.get(origin), root)])),
    revised: revised.length === 0 ? [] : await readRevised(client, revised),
    heads: row.heads,
  };
}

const NOTHING = { received: NOTHING_RECEIVED, confirmed: NOTHING_RECEIVED, backedUp: 0 };

function standingOf(origin: OriginRow | undefined, root: boolean): OriginStanding {
  const { received, confirmed, backedUp: held } = origin ?? NOTHING;
  const backedUp = held === 0 ? {} : { backedUp: held };
  // At a root they are the same: said once.
  return root ? { received, ...backedUp } : { received, confirmed, ...backedUp };
}
