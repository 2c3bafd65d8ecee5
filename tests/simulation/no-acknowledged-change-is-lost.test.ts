import { expect, it } from 'vitest';
import { expectConflicts, expectEqual, expectExactSums, expectNothingLost } from '../scenario/network/checks.ts';
import { aRegion, type Counts } from '../scenario/network/faults.ts';

// SIMULATION_SEED replays one seed, SIMULATION_RUNS sets how many are drawn, SIMULATION_FROM where they begin.
const RUNS = Number(process.env.SIMULATION_RUNS ?? 300);
const FROM = Number(process.env.SIMULATION_FROM ?? 1);
const STEPS = 120;
/** Seeds that once failed. */
const FOUND: number[] = [37, 81, 1007, 1365, 2068, 2108, 2205];

/** Every fault of replication.md §10 that a simulator can make. */
const FAULTS = [
  ...['request cut', 'reply cut', 'request twice', 'reply late', 'save meanwhile', 'partition', 'hub without internet'],
  ...['clock jumped', 'right changed', 'erased', 'backup', 'root restored', 'phone restored', 'phone cloned'],
  ...['hub replaced', 'a month passed', 'hub attached late', 'witnesses heard'],
];

async function run(seed: number, counts: Counts): Promise<void> {
  const region = await aRegion(seed, counts);
  for (let step = 0; step < STEPS; step++) await region.step();
  await region.settle();
  expectNothingLost(region);
  expectEqual(region);
  expectExactSums(region);
  if (region.network.witnessed.length === 0) expectConflicts(region);
}

it('whatever is cut, killed, restored, cloned, replaced or skewed, nothing acknowledged is lost', async () => {
  const given = process.env.SIMULATION_SEED;
  const drawn = given === undefined ? Array.from({ length: RUNS }, (_, index) => FROM + index) : [Number(given)];
  const counts: Counts = new Map();
  for (const seed of given === undefined ? [...FOUND, ...drawn] : drawn) {
    try {
      await run(seed, counts);
    } catch (fault) {
      throw new Error(`SIMULATION_SEED=${seed}: ${(fault as Error).message}`, { cause: fault });
    }
  }
  console.log(Object.fromEntries([...counts].sort()));
  if (RUNS >= 100 && given === undefined) expect(FAULTS.filter((fault) => !counts.has(fault))).toEqual([]);
});
