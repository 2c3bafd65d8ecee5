import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyProject, removeCopy } from './copy-project.ts';
import type { Mutant, Suite } from './mutant.ts';
import { MUTANTS, mutate } from './mutants.ts';
import { type Ran, runSuite } from './run-suite.ts';

// npm run test:mutants [-- --only <part of a name>]. SIMULATION_RUNS and SIMULATION_FROM choose the seeds, as ever.

/** The simulator first: what it does not catch, the other simulations may. */
const SIMULATION: readonly Suite[] = [
  { project: 'simulation', file: 'tests/simulation/no-acknowledged-change-is-lost.test.ts' },
  { project: 'simulation', file: 'tests/simulation' },
];
/** A mutant may keep everyone talking for ever: that is noticed, too. */
const PATIENCE = 4;
const LEAST_PATIENCE_MS = 60_000;

const suitesOf = ({ caughtBy }: Mutant): readonly Suite[] => (caughtBy === undefined ? SIMULATION : [caughtBy]);
const nameOf = ({ project, file }: Suite) => `${project} ${file}`;

/** The unbroken tree must be green on the same seeds; returns how long each suite may take, in milliseconds. */
async function measure(copy: string, mutants: readonly Mutant[]): Promise<Map<string, number>> {
  const patience = new Map<string, number>();
  for (const suite of mutants.flatMap(suitesOf)) {
    if (patience.has(nameOf(suite))) continue;
    const ran = await runSuite(copy, suite, Number.POSITIVE_INFINITY);
    if (ran.result !== 'green') throw new Error(`unbroken, ${nameOf(suite)} is ${ran.result}:\n${ran.said}`);
    console.log(`unbroken: ${nameOf(suite)} is green (${ran.seconds} s)`);
    patience.set(nameOf(suite), Math.max(LEAST_PATIENCE_MS, ran.seconds * 1000 * PATIENCE));
  }
  return patience;
}

async function hunt(copy: string, mutant: Mutant, patience: ReadonlyMap<string, number>): Promise<Ran> {
  const path = join(copy, mutant.file);
  const source = await readFile(path, 'utf8');
  await writeFile(path, mutate(source, mutant));
  try {
    let seconds = 0;
    for (const suite of suitesOf(mutant)) {
      const ran = await runSuite(copy, suite, patience.get(nameOf(suite))!);
      seconds += ran.seconds;
      if (ran.result !== 'green') return { ...ran, seconds };
    }
    return { result: 'green', by: '', seed: '', seconds, said: '' };
  } finally {
    await writeFile(path, source);
  }
}

function lineOf({ name, rule }: Mutant, { result, by, seed, seconds, said }: Ran): string {
  const what = { green: 'SURVIVED', red: 'caught', endless: 'caught: no end', broken: 'BROKEN' }[result];
  return `| ${[name, rule, what, by, seed, seconds, said.split('\n')[0]!.slice(0, 90)].join(' | ')} |`;
}

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
const mutants = MUTANTS.filter(({ name }) => only === undefined || name.includes(only));
if (mutants.length === 0) throw new Error(`no mutant is called "${only}"`);
const copy = await copyProject();
try {
  // One that is stale is an error before hours are spent.
  for (const mutant of mutants) mutate(await readFile(join(copy, mutant.file), 'utf8'), mutant);
  const patience = await measure(copy, mutants);
  const survivors: string[] = [];
  console.log('\n| broken rule | rule | | by | seed | s | said |\n| --- | --- | --- | --- | --- | --- | --- |');
  for (const mutant of mutants) {
    const ran = await hunt(copy, mutant, patience);
    console.log(lineOf(mutant, ran));
    if (ran.result === 'green' || ran.result === 'broken') survivors.push(mutant.name);
  }
  console.log(`\n${mutants.length - survivors.length} of ${mutants.length} caught`);
  for (const name of survivors) console.log(`not caught: ${name}`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  await removeCopy(copy);
}
