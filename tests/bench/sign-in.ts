import type pg from 'pg';
import { hashPassword } from '../../app/server/passwords.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { signIn } from '../../app/server/sign-in.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { createUser } from '../../lib/domain/user/create-user.ts';
import { foundServer } from '../scenario/found-server.ts';
import { withBenchDatabase } from './bench-database.ts';
import { type BenchLine, median, round, timed } from './bench-line.ts';

const TRIES = 200;
/** Below the limit of wrong sign-ins that one user has in a quarter of an hour. */
const TRIES_PER_USER = 8;

/** Does an unknown user take as long to be refused as a wrong password? If not, names can be told by a stopwatch. */
export function run(): Promise<BenchLine[]> {
  return withBenchDatabase(measure);
}

async function measure(pool: pg.Pool): Promise<BenchLine[]> {
  await makeUsers(pool, Math.ceil(TRIES / TRIES_PER_USER));
  const known: number[] = [];
  const unknown: number[] = [];
  for (let count = 0; count < TRIES; count++) {
    const number = Math.floor(count / TRIES_PER_USER);
    known.push(await refusalMs(pool, `user${number}`, `10.0.0.${number}`));
    unknown.push(await refusalMs(pool, `nobody${number}`, `10.0.1.${number}`));
  }
  const value = round(median(unknown) / median(known));
  return [
    {
      budget: 'sign-in',
      what: 'unknown user of wrong password, medians of 200',
      value,
      unit: 'ratio',
      least: 1 / 1.2,
      most: 1.2,
    },
  ];
}

async function makeUsers(pool: pg.Pool, count: number): Promise<void> {
  const founder = await foundServer(pool);
  const passwordHash = await hashPassword('the right password');
  for (let number = 0; number < count; number++) {
    const names = { name: `User ${number}`, username: `user${number}`, language: 'en', clinicId: null };
    const input = { userId: newId(), ...names, role: 'provider', passwordHash, mustChange: false, grants: [] };
    const made = await runCommand(pool, createUser, input, { userId: founder, clinicId: null });
    if (!made.ok) throw new Error(`refused: ${made.refusal.kind}`);
  }
}

async function refusalMs(pool: pg.Pool, username: string, address: string): Promise<number> {
  const { result, ms } = await timed(() => signIn(pool, { username, password: 'a wrong password' }, address));
  if (result.ok) throw new Error('a wrong password was accepted');
  return ms;
}
