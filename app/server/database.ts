import { type Connection, connectDatabase } from '../../db/postgres/connect.ts';

const key = Symbol.for('hikma.database');
const place = globalThis as typeof globalThis & { [key]?: Connection };

/**
 * The one connection of this process. Kept on globalThis because Next loads this module more than once: in the
 * server's own code and again in each bundle of routes.
 */
export function database(): Connection {
  place[key] ??= connectDatabase(addressOf(process.env.DATABASE_URL), (error) => {
    console.error(JSON.stringify({ level: 'warn', event: 'databaseConnectionLost', code: codeOf(error) }));
  });
  return place[key];
}

function addressOf(url: string | undefined): string {
  if (!url)
    throw new Error('DATABASE_URL is not set: start with `npm start`, which sets it for the embedded database.');
  return url;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
