import type { ScopeId } from '../../../lib/replication/scopes.ts';
import type { Queryable } from '../record-statements.ts';
import { firstHead, headAfter, LEAF } from './chain.ts';
import type { Report } from './finding.ts';
import { grouped } from './grouped.ts';

const PAGE = 2000;

/** A head that a phone or hub was given in a reply and kept. `head`: hex. */
export interface RememberedHead {
  readonly scope: ScopeId;
  readonly pos: number;
  readonly head: string;
}

/**
 * Compares heads that devices remember with the log, followed anew from its first place: it finds what was done by
 * somebody who could also remove or sign seals. Run on one snapshot.
 */
export async function verifyHeads(
  client: Queryable,
  remembered: readonly RememberedHead[],
  report: Report,
): Promise<void> {
  for (const [scope, heads] of grouped(remembered, (one) => one.scope)) {
    await verifyScope(
      client,
      scope,
      [...heads].sort((left, right) => left.pos - right.pos),
      report,
    );
  }
}

async function verifyScope(
  client: Queryable,
  scope: ScopeId,
  heads: readonly RememberedHead[],
  report: Report,
): Promise<void> {
  let at = { pos: 0, head: firstHead(scope) };
  for (const one of heads) {
    at = await follow(client, scope, at, one.pos);
    if (at.pos < one.pos) {
      report({ kind: 'head-beyond', scope, pos: at.pos + 1, upTo: one.pos });
      return;
    }
    if (at.head.toString('hex') !== one.head) report({ kind: 'head-differs', scope, pos: one.pos });
    else if (!(await isSealed(client, scope, one.pos))) report({ kind: 'seal-removed', scope, pos: one.pos });
  }
}

/** The head at a place, or at the last place before it that the log has. */
async function follow(client: Queryable, scope: ScopeId, from: { pos: number; head: Buffer }, to: number) {
  let at = from;
  while (at.pos < to) {
    const { rows } = await client.query<{ last: number | null; leaves: Buffer }>({
      name: 'verify heads',
      text: `select max(pos) as last, string_agg(leaf, ''::bytea order by pos) as leaves
             from (select pos, ${LEAF} as leaf from changes where scope = (select number from scopes where id = $1)
                   and pos > $2 and pos <= $3 order by pos limit ${PAGE}) c`,
      values: [scope, at.pos, to],
    });
    const { last, leaves } = rows[0]!;
    if (last === null) break;
    at = { pos: last, head: headAfter(at.head, leaves) };
  }
  return at;
}

async function isSealed(client: Queryable, scope: ScopeId, pos: number): Promise<boolean> {
  const found = await client.query({
    name: 'verify seal at',
    text: 'select from seals where scope = (select number from scopes where id = $1) and pos = $2',
    values: [scope, pos],
  });
  return found.rowCount === 1;
}
