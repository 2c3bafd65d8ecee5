import type { ScopeId } from '../../../lib/replication/scopes.ts';
import type { Queryable } from '../record-statements.ts';

/** The signed head of a scope's log: how far it is sealed, and by what (hex). */
export interface SealedHead {
  readonly pos: number;
  readonly head: string;
}

/** The newest sealed head of these scopes. A scope of which nothing is sealed yet is left out. */
export async function readSealedHeads(
  client: Queryable,
  scopes: readonly ScopeId[],
): Promise<Record<ScopeId, SealedHead>> {
  const found = await client.query<{ id: ScopeId; pos: number; head: string }>({
    name: 'sealed heads',
    text: `select s.id, l.pos, encode(l.head, 'hex') as head from scopes s
           join lateral (select pos, head from seals where scope = s.number order by pos desc limit 1) l on true
           where s.id = any($1::text[])`,
    values: [scopes],
  });
  return Object.fromEntries(found.rows.map(({ id, pos, head }) => [id, { pos, head }]));
}
