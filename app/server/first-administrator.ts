import type pg from 'pg';

/** The one-time link with which the first administrator is made; null when somebody can sign in already. */
export async function firstAdministratorLink(_pool: pg.Pool, _origin: string): Promise<string | null> {
  return null;
}
