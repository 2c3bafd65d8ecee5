import pg from 'pg';

/** A consistent copy of every table as `COPY` writes it, and the point of every sequence. */
export interface ClusterDump {
  readonly tables: readonly { readonly name: string; readonly columns: string; readonly rows: Buffer }[];
  readonly sequences: readonly { readonly name: string; readonly value: string | null }[];
}

interface CopyData {
  readonly chunk: Buffer;
}

/** What pg's client asks of a query. The package knows COPY's messages and leaves their content to whoever sends one. */
abstract class Copy {
  readonly done: Promise<void>;
  #resolve!: () => void;
  #reject!: (fault: unknown) => void;
  #fault: unknown = null;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }
  submit(connection: { query(text: string): void }): void {
    connection.query(this.#text);
  }
  handleCommandComplete(): void {
    // The end is readyForQuery.
  }
  handleError(fault: unknown): void {
    this.#fault = fault;
    this.#reject(fault);
  }
  handleReadyForQuery(): void {
    if (this.#fault === null) this.#resolve();
  }
}

class CopyOut extends Copy {
  readonly chunks: Buffer[] = [];
  handleCopyData({ chunk }: CopyData): void {
    // A view of the connection's buffer, which the next packet overwrites.
    this.chunks.push(Buffer.from(chunk));
  }
}

class CopyIn extends Copy {
  readonly #rows: Buffer;
  constructor(text: string, rows: Buffer) {
    super(text);
    this.#rows = rows;
  }
  handleCopyInResponse(connection: { sendCopyFromChunk(rows: Buffer): void; endCopyFrom(): void }): void {
    connection.sendCopyFromChunk(this.#rows);
    connection.endCopyFrom();
  }
}

async function run<C extends Copy>(client: pg.Client, copy: C): Promise<C> {
  client.query(copy as unknown as pg.Submittable);
  await copy.done;
  return copy;
}

/** Tables with the columns that can be written back: a generated column makes itself. */
const TABLES = `select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attgenerated = ''
  group by 1 order by 1`;
const SEQUENCES = `select quote_ident(sequencename) as name, last_value::text as value from pg_sequences
  where schemaname = 'public'`;

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** One moment of the whole database, whatever is written meanwhile. `between` is called after each table. */
export function dumpDatabase(url: string, between: () => Promise<void> = async () => undefined): Promise<ClusterDump> {
  return connected(url, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    const tables: { name: string; columns: string; rows: Buffer }[] = [];
    for (const { name, columns } of (await client.query<{ name: string; columns: string }>(TABLES)).rows) {
      const copied = await run(client, new CopyOut(`copy "${name}" (${columns}) to stdout`));
      tables.push({ name, columns, rows: Buffer.concat(copied.chunks) });
      await between();
    }
    const sequences = (await client.query<{ name: string; value: string | null }>(SEQUENCES)).rows;
    await client.query('commit');
    return { tables, sequences };
  });
}

/** Fills a database of the same migrations with a dump, over whatever the migrations wrote themselves. */
export function restoreDatabase(url: string, { tables, sequences }: ClusterDump): Promise<void> {
  return connected(url, async (client) => {
    await client.query('begin');
    await client.query(`truncate ${tables.map(({ name }) => `"${name}"`).join(', ')}`);
    // Foreign keys are checked when everything is there.
    await client.query(`set local session_replication_role = replica`);
    for (const { name, columns, rows } of tables)
      await run(client, new CopyIn(`copy "${name}" (${columns}) from stdin`, rows));
    for (const { name, value } of sequences)
      if (value !== null) await client.query('select setval($1, $2)', [name, value]);
    await client.query('commit');
  });
}
