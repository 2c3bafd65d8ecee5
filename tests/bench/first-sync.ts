import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type ClientRequest, request as send } from 'node:http';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import pg from 'pg';
import { tableName } from '../../db/postgres/record-tables.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import { type SnapshotPage, snapshotPageSchema } from '../../lib/replication/protocol/snapshot.ts';
import { aPostgresClinic } from '../scenario/postgres-clinic.ts';
import { withBenchDatabase } from './bench-database.ts';
import { type BenchLine, percentile, round, timed } from './bench-line.ts';
import { anEnrolledDevice } from './enrolled-device.ts';
import { aBusyPhone } from './generated-actions.ts';
import { fillClinic, multiplyCharts } from './generated-clinic.ts';

const DECODERS = { zstd: promisify(zstdDecompress), gzip: promisify(gunzip) };
type Encoding = keyof typeof DECODERS;
const LEAST: Readonly<Record<Encoding, number>> = { zstd: 0.4, gzip: 0.22 };
const PAGE_BYTES = 1024 * 1024;
const OTHERS = 3;
/** Patients made through the real way in; more are copies of these. */
const AUTHORED = 5000;

/** P1: a first sync over HTTP from a process of its own. `npm run bench first-sync [patients=10000,50000]`. */
export function run(): Promise<BenchLine[]> {
  return withBenchDatabase(measure);
}

function sizes(): number[] {
  const given = process.argv.find((word) => word.startsWith('patients='));
  return (given?.slice('patients='.length) ?? '10000').split(',').map(Number);
}

async function measure(pool: pg.Pool): Promise<BenchLine[]> {
  const { clinics, atServer, asDevice } = await aPostgresClinic(pool, 1);
  const clinic = clinics[0]!;
  const phone = aBusyPhone(1, clinic.clinicId, clinic.userId);
  const bearers: string[] = [];
  for (let number = 0; number <= OTHERS; number++) bearers.push((await anEnrolledDevice(clinic, atServer)).bearer);
  const today = new Date().toISOString().slice(0, 10);
  const authored = Math.min(AUTHORED, ...sizes());
  await fillClinic((actions) => asDevice(clinic).accept(actions), phone, authored, today);
  const lines: BenchLine[] = [];
  let held = authored;
  for (const size of sizes()) {
    await multiplyCharts(pool, Math.round(size / held));
    held *= Math.round(size / held);
    await pool.query('vacuum analyze');
    for (const encoding of ['zstd', 'gzip'] as const) lines.push(...(await measureWalk(pool, bearers, held, encoding)));
  }
  return lines;
}

async function measureWalk(
  pool: pg.Pool,
  bearers: readonly string[],
  size: number,
  encoding: Encoding,
): Promise<BenchLine[]> {
  const server = await startSyncServer(pool.options.connectionString!);
  try {
    const walker = aClient(server.port, bearers[0]!, encoding);
    await walk(walker, encoding);
    const before = await used(pool, server);
    const { result: bodies, ms } = await timed(() => walk(walker, encoding));
    const after = await used(pool, server);
    const figures = await figuresOf(bodies, encoding);
    if (figures.patients !== size) throw new Error(`${figures.patients} patients came`);
    const floor = await floorOf(pool, figures.rows);
    const sent = bodies.reduce((sum, body) => sum + body.length, 0);
    const rows = [...figures.rows.values()].reduce((sum, count) => sum + count, 0);
    const alone = await others(server.port, bearers.slice(1), wait(2000));
    const meanwhile = await others(server.port, bearers.slice(1), walk(walker, encoding));
    const { peakBytes } = await server.figures();
    const cpuMs = after.serverCpuMs - before.serverCpuMs + after.databaseCpuMs - before.databaseCpuMs;
    const label = `${size / 1000}k patients, ${encoding}:`;
    const line = (what: string, value: number, unit: string, limits: { most?: number; least?: number } = {}) => ({
      ...{ budget: 'P1', what: `${label} ${what}`, value: round(value), unit },
      ...limits,
    });
    return [
      line('rows', rows, 'rows'),
      line('rate', (rows / ms) * 1000, 'rows/s'),
      line('rate of bare COPY of the same rows', floor.ms / ms, 'ratio', { least: LEAST[encoding] }),
      line('sent', sent / rows, 'B/row'),
      line('sent of plain row JSON', sent / floor.jsonBytes, 'ratio', { most: 0.2 }),
      line('CPU of the server process', ((after.serverCpuMs - before.serverCpuMs) * 1000) / rows, 'µs/row'),
      line('CPU of PostgreSQL', ((after.databaseCpuMs - before.databaseCpuMs) * 1000) / rows, 'µs/row'),
      line('CPU of PostgreSQL for a bare COPY', (floor.cpuMs * 1000) / rows, 'µs/row'),
      line('CPU of both, of a bare COPY', cpuMs / floor.cpuMs, 'ratio'),
      line('peak memory of the process', peakBytes / 1e6, 'MB', { most: 250 }),
      line('statements a page', (after.statements - before.statements) / bodies.length, ''),
      line('pages', bodies.length, ''),
      line('nothing-new exchanges, nobody else, p95', percentile(alone, 0.95), 'ms'),
      line('nothing-new exchanges meanwhile, p95', percentile(meanwhile, 0.95), 'ms', { most: 50 }),
    ];
  } finally {
    await server.stop();
  }
}

interface Client {
  post(path: string, body: unknown): Promise<Buffer>;
}

function aClient(port: number, bearer: string, encoding: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${bearer}`,
    'accept-encoding': encoding,
  };
  return {
    post: async (path, body) => {
      const asked: ClientRequest = send({ host: '127.0.0.1', port, path, method: 'POST', agent, headers });
      asked.end(JSON.stringify(body));
      const [answer] = await once(asked, 'response');
      const bytes = await buffer(answer);
      if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${bytes}`);
      return bytes;
    },
  };
}

/** Every page, one after the other, as a phone asks for them; only the token is looked for. */
async function walk(client: Client, encoding: Encoding): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  let token: string | null = null;
  do {
    const asked = { protocol: 1, replicaId: REPLICA, scopes: null, token, maxBytes: PAGE_BYTES };
    const body = await client.post('/api/sync/snapshot', asked);
    bodies.push(body);
    const text = await plain(body, encoding);
    token = tokenOf(text);
  } while (token !== null);
  return bodies;
}

const REPLICA = newId();

/** Read without the rows: what a phone does with them is not measured here. */
function tokenOf(page: Buffer): string | null {
  const found = /"token":(null|"([\w-]+)")/.exec(page.subarray(page.lastIndexOf('],"epoch":')).toString());
  if (found === null) throw new Error('a page without a token');
  return found[2] ?? null;
}

/** Zstandard's and gzip's first bytes: a small page comes as it is. */
function plain(body: Buffer, encoding: Encoding): Promise<Buffer> {
  return body[0] === 0x7b ? Promise.resolve(body) : DECODERS[encoding](body);
}

/** Other phones that ask now and then whether there is anything new, until `end`. */
async function others(port: number, bearers: readonly string[], end: Promise<unknown>): Promise<number[]> {
  let ended = false;
  void end.finally(() => {
    ended = true;
  });
  const times: number[] = [];
  await Promise.all(
    bearers.map(async (bearer) => {
      const client = aClient(port, bearer, 'identity');
      const asked = {
        ...{ protocol: 1, schema: 1, replicaId: newId(), clock: Date.now(), origins: {}, actions: [] },
        ...{ epoch: null as string | null, cursors: {}, maxBytes: 1024 },
      };
      // Its cursors are at the head of everything: only what is new would come.
      const first = exchangeReplySchema.parse(JSON.parse((await client.post('/api/sync', asked)).toString()));
      const cursors = Object.fromEntries(Object.keys(first.cursors).map((scope) => [scope, Number.MAX_SAFE_INTEGER]));
      while (!ended) {
        const { ms } = await timed(() => client.post('/api/sync', { ...asked, epoch: first.epoch, cursors }));
        times.push(ms);
        await wait(50);
      }
    }),
  );
  return times;
}

async function figuresOf(bodies: readonly Buffer[], encoding: Encoding) {
  const rows = new Map<string, number>();
  let patients = 0;
  for (const body of bodies) {
    const page: SnapshotPage = snapshotPageSchema.parse(JSON.parse((await plain(body, encoding)).toString()));
    patients += page.delivered.patients;
    for (const { collection, records } of page.tables)
      rows.set(collection, (rows.get(collection) ?? 0) + records.length);
  }
  return { rows, patients };
}

/** What these rows take as a bare COPY, uncompressed, and their bytes as plain JSON objects. */
async function floorOf(pool: pg.Pool, rows: ReadonlyMap<string, number>) {
  const client = new pg.Client({ connectionString: pool.options.connectionString! });
  await client.connect();
  const floor = { ms: 0, cpuMs: 0, jsonBytes: 0 };
  try {
    const pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    for (const [name, delivered] of rows) {
      if (collectionNamed(name)?.place !== 'chart') continue;
      const table = tableName(name);
      const found = await client.query<{ rows: number; bytes: number }>(
        `select count(*)::int as rows, sum(octet_length(row_to_json(t)::text))::float8 as bytes from ${table} t`,
      );
      const { rows: stored, bytes } = found.rows[0]!;
      const times: number[] = [];
      const from = cpuMsOf(pid);
      for (let count = 0; count < COPIES; count++)
        times.push((await timed(() => client.query(`copy (select * from ${table}) to stdout`))).ms);
      floor.ms += percentile(times, 0.5) * (delivered / stored);
      floor.cpuMs += ((cpuMsOf(pid) - from) / COPIES) * (delivered / stored);
      floor.jsonBytes += bytes * (delivered / stored);
    }
  } finally {
    await client.end();
  }
  return floor;
}

const COPIES = 5;

/** Processor time of a process since it started, as Linux counts it: in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(words[11]) + Number(words[12])) * 10;
}

async function used(pool: pg.Pool, server: { figures(): Promise<Figures> }) {
  const backends = await pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`,
  );
  const databaseCpuMs = backends.rows.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
  return { ...(await server.figures()), databaseCpuMs };
}

interface Figures {
  readonly serverCpuMs: number;
  readonly statements: number;
  readonly peakBytes: number;
}

async function figuresAt(port: number): Promise<Figures> {
  return (await (await fetch(`http://127.0.0.1:${port}/figures`)).json()) as Figures;
}

async function startSyncServer(url: string) {
  const script = new URL('./first-sync-server.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: url, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout!);
  const [ready] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended (${code})`))),
  ])) as [string];
  lines.resume();
  const port = Number(ready.split(' ').at(-1));
  return {
    port,
    figures: () => figuresAt(port),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
