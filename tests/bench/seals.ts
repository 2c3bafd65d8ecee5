import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type pg from 'pg';
import { newSealKey } from '../../db/postgres/seals/seal-key.ts';
import { SEAL_CHANGES, sealLog } from '../../db/postgres/seals/seal-log.ts';
import { startSealer } from '../../db/postgres/seals/sealer.ts';
import { aPostgresClinic } from '../scenario/postgres-clinic.ts';
import { withBenchDatabase } from './bench-database.ts';
import { type BenchLine, median, round, timed } from './bench-line.ts';
import { aBusyPhone } from './generated-actions.ts';

const CHARTS = 33;
const CHANGES = 6 * CHARTS;
/** So small that what is live shows, and not what V8 had no reason to collect yet. */
const SMALL_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=8'];
const runFile = promisify(execFile);

/** Sealing beside pushing, and checking the whole database, on an embedded PostgreSQL with fsync on. */
export function run(): Promise<BenchLine[]> {
  return withBenchDatabase(measure);
}

async function measure(pool: pg.Pool): Promise<BenchLine[]> {
  const { clinics, asDevice } = await aPostgresClinic(pool, 1);
  const { clinicId, userId } = clinics[0]!;
  const phone = aBusyPhone(100, clinicId, userId);
  const replica = asDevice(clinics[0]!);
  const push = async (count: number) => {
    const times: number[] = [];
    for (let made = 0; made < count; made++) {
      const actions = Array.from({ length: CHARTS }, phone.aChart);
      times.push((await timed(() => replica.accept(actions))).ms);
    }
    return times;
  };
  const url = String(pool.options.connectionString);
  const key = newSealKey();
  await push(5);
  await pool.query('analyze');
  const alone = await pushRates(push, null);
  const { result: sealed, ms } = await timed(() => sealLog(pool, key));
  const beside = await pushRates(push, () => startSealer({ url, key, everyMs: 200 }));
  const rate = (sealed.changes * 1000) / ms;
  const small = await verifyAlone(url);
  await push(150);
  await sealLog(pool, key);
  const large = await verifyAlone(url);
  const line = (what: string, value: number, unit: string): BenchLine => ({
    ...{ budget: 'seals', what, value: round(value), unit },
  });
  return [
    line(`sealed in one pass, ${SEAL_CHANGES} changes a seal`, rate, 'changes/s'),
    line('… of the push rate of one client', rate / alone, 'ratio'),
    line('push rate beside a sealer every 200 ms, of that without', beside / alone, 'ratio'),
    line(`verify, ${large.records} records`, (large.records * 1000) / large.ms, 'records/s'),
    line('… changes of the log', (large.changes * 1000) / large.ms, 'changes/s'),
    line(`… peak memory with a heap of 64 MB, ${small.records} records`, small.maxRssKb / 1024, 'MB'),
    line(`… peak memory with a heap of 64 MB, ${large.records} records`, large.maxRssKb / 1024, 'MB'),
  ];
}

/** Changes per second of one client: the median of its pushes. */
async function pushRates(
  push: (count: number) => Promise<number[]>,
  sealing: (() => { stop(): Promise<void> }) | null,
): Promise<number> {
  const sealer = sealing?.();
  const times = await push(20);
  await sealer?.stop();
  return (CHANGES * 1000) / median(times);
}

interface Verifying {
  readonly records: number;
  readonly changes: number;
  readonly foreign: number;
  readonly others: number;
  readonly ms: number;
  readonly maxRssKb: number;
}

async function verifyAlone(url: string): Promise<Verifying> {
  const program = new URL('verify-process.ts', import.meta.url).pathname;
  const { stdout } = await runFile(process.execPath, [...SMALL_HEAP, program, url]);
  const verified = JSON.parse(stdout) as Verifying;
  if (verified.others > 0 || verified.foreign === 0) throw new Error(`verify found what it should not: ${stdout}`);
  return verified;
}
