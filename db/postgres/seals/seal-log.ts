import type { Queryable } from '../record-statements.ts';
import { firstHead, headAfter, LEAF, sealText } from './chain.ts';
import type { SealKey } from './seal-key.ts';

/** Changes under one seal: what an edit can be narrowed down to when only the chain knows of it. */
export const SEAL_CHANGES = 1000;

export interface Sealed {
  readonly changes: number;
  readonly seals: number;
  /** Scopes whose last seal another key signed, or nobody: not sealed further. */
  readonly foreign: readonly string[];
  /** Scopes whose log lacks a place. Sealed as they stand, for the next edit must not stay unseen as well. */
  readonly gaps: readonly string[];
}

interface News {
  number: number;
  id: string;
  pos: number;
  sealed: number | null;
  head: Buffer | null;
  signature: Buffer | null;
}

/**
 * Chains, signs and writes down what is new in each scope's log, in memory that does not grow with it. Two at once write
 * the same seals. `enough` is asked between seals.
 */
export async function sealLog(
  client: Queryable,
  key: SealKey,
  enough: () => boolean = () => false,
  most: number = SEAL_CHANGES,
): Promise<Sealed> {
  const news = await client.query<News>({ name: 'news to seal', text: NEWS });
  const foreign: string[] = [];
  const gaps: string[] = [];
  let changes = 0;
  let seals = 0;
  for (const scope of news.rows) {
    if (!isOurs(scope, key)) {
      foreign.push(scope.id);
      continue;
    }
    let at = { pos: scope.sealed ?? 0, head: scope.head ?? firstHead(scope.id) };
    while (at.pos < scope.pos && !enough()) {
      const next = await sealNext(client, key, scope, at, most);
      if (next === null || next.pos - at.pos !== next.count) gaps.push(scope.id);
      if (next === null) break;
      changes += next.count;
      seals += 1;
      at = next;
    }
  }
  return { changes, seals, foreign, gaps: [...new Set(gaps)] };
}

function isOurs({ id, sealed, head, signature }: Omit<News, 'number' | 'pos'>, key: SealKey): boolean {
  if (sealed === null || head === null || signature === null) return true;
  return key.verify(sealText(id, sealed, head), signature);
}

/**
 * Whether this key signed the last seal of any scope; true when nothing is sealed yet. A server with another key than
 * its peers must not seal at all: it would start the scopes that are new with a key that the others do not know.
 */
export async function isKeyOfLog(client: Queryable, key: SealKey): Promise<boolean> {
  const { rows } = await client.query<Omit<News, 'number' | 'pos'>>(LAST_SEALS);
  return rows.length === 0 || rows.some((last) => isOurs(last, key));
}

async function sealNext(
  client: Queryable,
  key: SealKey,
  scope: News,
  at: { readonly pos: number; readonly head: Buffer },
  most: number,
): Promise<{ pos: number; head: Buffer; count: number } | null> {
  const limit = Math.trunc(most);
  const found = await client.query<{ last: number | null; count: number; leaves: Buffer }>({
    name: `to seal ${limit}`,
    text: `select max(pos) as last, count(*)::int as count, string_agg(leaf, ''::bytea order by pos) as leaves
           from (select pos, ${LEAF} as leaf from changes where scope = $1 and pos > $2 and pos <= $3
                 order by pos limit ${limit}) c`,
    values: [scope.number, at.pos, scope.pos],
  });
  const { last, count, leaves } = found.rows[0]!;
  if (last === null) return null;
  const head = headAfter(at.head, leaves);
  await client.query({
    name: 'write seal',
    text: 'insert into seals (scope, pos, head, signature) values ($1, $2, $3, $4) on conflict do nothing',
    values: [scope.number, last, head, key.sign(sealText(scope.id, last, head))],
  });
  return { pos: last, head, count };
}

const LAST =
  'lateral (select pos, head, signature from seals where scope = s.number order by pos desc limit 1) l on true';

const LAST_SEALS = `select s.id, l.pos as sealed, l.head, l.signature from scopes s join ${LAST}`;

const NEWS = `select s.number, s.id, s.pos, l.pos as sealed, l.head, l.signature from scopes s left join ${LAST}
  where s.pos > 0 and s.pos > coalesce(l.pos, 0) order by s.number`;
