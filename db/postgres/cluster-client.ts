import pg from 'pg';

export type ClusterAddress = { cluster: string; port: number; password: string };

export async function ensureDatabase(address: ClusterAddress): Promise<void> {
  await withClient(urlOf(address, 'postgres'), async (client) => {
    const found = await client.query("select 1 from pg_database where datname = 'hikma'");
    if (found.rowCount === 0) await client.query('create database hikma');
  });
}

export async function answersAsOurs(address: ClusterAddress): Promise<boolean> {
  try {
    return await withClient(urlOf(address, 'postgres'), async (client) => {
      const reply = await client.query("select current_setting('data_directory') as folder");
      return reply.rows[0].folder === address.cluster;
    });
  } catch {
    // Not up yet, or a stranger that refuses our password: the caller waits and then says so.
    return false;
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

export function urlOf(address: ClusterAddress, database: string): string {
  return `postgres://postgres:${encodeURIComponent(address.password)}@127.0.0.1:${address.port}/${database}`;
}
