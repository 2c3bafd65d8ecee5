import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';

/** The scopes whose feeds are kept here: all of them at a root, at a relay those that its root lets it hold. */
export async function carriedScopes(client: Queryable, { root }: FeedIdentity): Promise<(scope: ScopeId) => boolean> {
  if (root) return () => true;
  const found = await client.query<{ scopes: string[] }>({ name: 'carried', text: 'select scopes from upstream' });
  const carried = new Set(found.rows[0]?.scopes ?? []);
  return (scope) => carried.has(scope);
}
