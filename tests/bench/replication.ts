import type pg from 'pg';
import { exchange } from '../../app/server/exchange.ts';
import type { Action } from '../../lib/replication/change.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ExchangeRequest } from '../../lib/replication/protocol/exchange-request.ts';
import { aPostgresClinic } from '../scenario/postgres-clinic.ts';
import { withBenchDatabase } from './bench-database.ts';
import { type BenchLine, median, percentile, round, timed } from './bench-line.ts';
import { statementsSent } from './counted-statements.ts';
import { anEnrolledDevice } from './enrolled-device.ts';
import { aBusyPhone } from './generated-actions.ts';

const CHANGES_PER_CHART = 6;

/** Push and pull on an embedded PostgreSQL, fsync on, as figures and as shares of a bare insert of the same rows. */
export function run(): Promise<BenchLine[]> {
  return withBenchDatabase(measure);
}

async function measure(pool: pg.Pool): Promise<BenchLine[]> {
  const { clinics, atServer, asDevice } = await aPostgresClinic(pool, 20);
  const phones = clinics.map((clinic, index) => ({
    phone: aBusyPhone(100 + index, clinic.clinicId, clinic.userId),
    replica: asDevice(clinic),
    clinic,
  }));
  const first = phones[0]!;
  const charts = (count: number) => Array.from({ length: count }, first.phone.aChart);
  const push = (actions: readonly Action[]) => first.replica.accept(actions);
  await push(charts(10));
  const before = statementsSent();
  await push(charts(1));
  const statements = statementsSent() - before;
  const single = await pushRate(push, charts, 33, 20);
  const floor = await bareInsertRate(pool, 33, 20);
  const lines: BenchLine[] = [
    { budget: 'P5', what: 'one client, 198 changes a push', value: round(single), unit: 'changes/s', least: 3000 },
    {
      budget: 'P5',
      what: 'of a bare multi-row insert of the same rows',
      value: round(single / floor),
      unit: 'ratio',
      least: 0.4,
    },
    { budget: 'P5', what: 'statements of a push that registers one patient', value: statements, unit: '', most: 32 },
  ];
  for (const [what, spread] of [
    ['one clinic', 1],
    ['twenty clinics', 20],
  ] as const) {
    const many = await manyClients(phones.slice(0, spread), 20, 8, 6);
    lines.push(
      { budget: 'P6', what: `20 clients, 48 changes, ${what}`, value: round(many.rate), unit: 'changes/s' },
      { budget: 'P6', what: `… of one client's rate`, value: round(many.rate / single), unit: 'ratio', least: 0.8 },
      { budget: 'P6', what: '… p99 of p50', value: round(many.p99 / many.p50), unit: 'ratio', most: 4 },
    );
  }
  const device = await anEnrolledDevice(first.clinic, atServer);
  return [...lines, ...(await exchanges(pool, device, () => push(charts(2))))];
}

async function pushRate(
  push: (actions: readonly Action[]) => Promise<unknown>,
  make: (count: number) => Action[],
  charts: number,
  rounds: number,
): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < rounds; count++) {
    const actions = make(charts);
    times.push((await timed(() => push(actions))).ms);
  }
  return (charts * CHANGES_PER_CHART * 1000) / median(times);
}

/** The floor: the same records' rows put into plain tables, a statement per table, no log, no feed. */
async function bareInsertRate(pool: pg.Pool, charts: number, rounds: number): Promise<number> {
  const tables = ['patients', 'patient_clinics', 'visits', 'events', 'vitals'];
  for (const table of tables) await pool.query(`create table bare_${table} as select * from ${table} limit 0`);
  const copies = await Promise.all(
    tables.map(async (table) => {
      const each = table === 'events' ? 2 * charts : charts;
      const found = await pool.query<{ rows: string }>(
        `select json_agg(t)::text as rows from (select * from ${table} limit ${each}) t`,
      );
      return { table, rows: found.rows[0]!.rows };
    }),
  );
  const times: number[] = [];
  for (let count = 0; count < rounds; count++) {
    const { ms } = await timed(async () => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        for (const { table, rows } of copies) {
          await client.query({
            name: `bare ${table}`,
            text: `insert into bare_${table} select * from json_populate_recordset(null::bare_${table}, $1::json)`,
            values: [rows],
          });
        }
        await client.query('commit');
      } finally {
        client.release();
      }
    });
    times.push(ms);
  }
  return (charts * CHANGES_PER_CHART * 1000) / median(times);
}

type Pusher = {
  phone: ReturnType<typeof aBusyPhone>;
  replica: { accept: (actions: readonly Action[]) => Promise<unknown> };
};

async function manyClients(phones: readonly Pusher[], clients: number, charts: number, rounds: number) {
  const times: number[] = [];
  const one = async (index: number) => {
    const { phone, replica } = phones[index % phones.length]!;
    for (let count = 0; count < rounds; count++) {
      const actions = Array.from({ length: charts }, phone.aChart);
      times.push((await timed(() => replica.accept(actions))).ms);
    }
  };
  const { ms } = await timed(() => Promise.all(Array.from({ length: clients }, (_, index) => one(index))));
  const rate = (clients * charts * rounds * CHANGES_PER_CHART * 1000) / ms;
  return { rate, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** Exchanges of an enrolled phone that made something itself, through the route and all that it checks. */
async function exchanges(
  pool: pg.Pool,
  { deviceId, bearer }: Awaited<ReturnType<typeof anEnrolledDevice>>,
  push: () => Promise<unknown>,
): Promise<BenchLine[]> {
  let asked: ExchangeRequest = {
    ...{ protocol: 1, schema: 1, replicaId: deviceId, clock: Date.now(), actions: [] },
    ...{ origins: { [deviceId]: { seq: 12, chain: '0'.repeat(32) } } },
    ...{ epoch: null, cursors: {}, maxBytes: 1024 * 1024 },
  };
  const exchangeOnce = async (encoding: string) => {
    const request = requestOf(bearer, encoding, asked);
    const answer = await exchange(pool, request);
    if (!answer.ok) throw new Error(answer.problem.code);
    return Buffer.from(await answer.value.arrayBuffer());
  };
  const read = async () => {
    const body = await exchangeOnce('identity');
    const reply = parsed(body);
    asked = { ...asked, epoch: reply.epoch, cursors: reply.cursors };
    return { body, more: reply.more };
  };
  const readAll = async () => {
    const bodies: Buffer[] = [];
    for (;;) {
      const { body, more } = await read();
      bodies.push(body);
      if (!more) return bodies;
    }
  };
  await readAll();
  asked = { ...asked, cursors: {} };
  const whole = await cpuOf(readAll);
  const parsingUs: number[] = [];
  for (let count = 0; count < 5; count++) parsingUs.push((await cpuOf(async () => whole.result.map(parsed))).us);
  const rows = whole.result.flatMap((body) => parsed(body).pages).reduce((sum, { count }) => sum + count, 0);
  const answeringUs = whole.us - median(parsingUs);
  const from = statementsSent();
  await read();
  const statements = statementsSent() - from;
  const bytes = JSON.stringify(asked).length + (await exchangeOnce('gzip')).length;
  const nothing: number[] = [];
  for (let count = 0; count < 200; count++) nothing.push((await timed(read)).ms);
  const some: number[] = [];
  for (let count = 0; count < 60; count++) {
    await push();
    some.push((await timed(read)).ms);
  }
  return [
    {
      budget: 'P4',
      what: 'a whole feed in replies of 1 MB, CPU of this process',
      value: round(answeringUs / rows),
      unit: 'µs/row',
    },
    {
      budget: 'P4',
      what: '… of parsing the same replies',
      value: round(answeringUs / median(parsingUs)),
      unit: 'ratio',
    },
    { budget: 'P3', what: 'exchange with nothing new, p50', value: round(median(nothing)), unit: 'ms' },
    { budget: 'P3', what: '… statements', value: statements, unit: '', most: 3 },
    { budget: 'P3', what: '… bodies both ways, the reply in gzip', value: bytes, unit: 'B', most: 1024 },
    {
      budget: 'P4',
      what: 'exchange with 12 changed of P3',
      value: round(median(some) / median(nothing)),
      unit: 'ratio',
      most: 4,
    },
  ];
}

function parsed(body: Buffer): ExchangeReply {
  return JSON.parse(body.toString());
}

/** Processor time of this process, all its threads. */
async function cpuOf<T>(work: () => Promise<T>): Promise<{ result: T; us: number }> {
  const from = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(from);
  return { result, us: user + system };
}

function requestOf(bearer: string, encoding: string, asked: ExchangeRequest): Request {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${bearer}`,
    'accept-encoding': encoding,
  };
  return new Request('http://localhost/api/sync', { method: 'POST', headers, body: JSON.stringify(asked) });
}
