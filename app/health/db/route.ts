import { database } from '../../server/database.ts';

export const dynamic = 'force-dynamic';

/** The database answers, and which migration it stands at. */
export async function GET(): Promise<Response> {
  const headers = { 'Cache-Control': 'no-store' };
  try {
    const reply = await database().pool.query<{ migration: number }>(
      'select coalesce(max(number), 0) as migration from schema_migrations',
    );
    return Response.json({ status: 'ok', migration: reply.rows[0]?.migration }, { headers });
  } catch {
    // The reason stands in the database's own log; a stranger at this address learns only that it is away.
    const problem = { type: 'about:blank', title: 'The database does not answer', status: 503, code: 'busy' };
    return Response.json(problem, { status: 503, headers: { ...headers, 'Content-Type': 'application/problem+json' } });
  }
}
