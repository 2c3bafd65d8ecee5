import { expect, it } from 'vitest';
import {
  expectConflicts,
  expectEqual,
  expectErased,
  expectExactSums,
  expectJudgedInOrder,
  expectLetGoEmptied,
  expectNotedByRoots,
  expectNothingLost,
  expectNothingProvisional,
  expectStampsOfNow,
  expectVerdictsKept,
  wasHealed,
} from '../scenario/network/checks.ts';
import { aRegion, type Counts, countIn } from '../scenario/network/faults.ts';

// SIMULATION_SEED replays one seed, SIMULATION_RUNS sets how many are drawn, SIMULATION_FROM where they begin.
const RUNS = Number(process.env.SIMULATION_RUNS ?? 300);
const FROM = Number(process.env.SIMULATION_FROM ?? 1);
const STEPS = 120;
/** A run takes about 0.2 s on an idle core. */
const MOST_MS = Math.max(240_000, RUNS * 4_000);
/** Seeds that once failed, since what a seed draws was last changed. */
const FOUND: number[] = [300607, 300839, 302430];

/** Every fault of replication.md §10 that a simulator can make. */
const FAULTS = [
  ...['request cut', 'reply cut', 'request twice', 'reply late', 'save meanwhile', 'partition', 'hub without internet'],
  ...[
    'clock jumped',
    'right changed',
    'erased',
    'erased at a hub',
    'backup',
    'root restored',
    'phone restored',
    'phone cloned',
  ],
  ...['hub replaced', 'a month passed', 'hub attached late', 'witnesses heard', 'rights given again'],
  ...['former root answered', 'provisional conflicts', 'let go by a hub'],
];

/** Runs in which nothing was restored, cloned or burnt; and those in which sums differed all the same. */
const [CALM, HEALED] = ['calm', 'calm and yet healed'];
/**
 * A phone that changes between a hub and the server may hear of what has moved there already, and a hub be handed a
 * patient who has left at the root; their sums tell. More often than this something is told wrongly, and healing hides
 * it. Measured: 6 of 100 in these seeds, 11 of 100 in the first 600.
 */
const MAX_HEALED = 0.12;

async function run(seed: number, counts: Counts): Promise<void> {
  const region = await aRegion(seed, counts);
  for (let step = 0; step < STEPS; step++) await region.step();
  await region.settle();
  expectNothingLost(region);
  expectEqual(region);
  expectVerdictsKept(region);
  expectExactSums(region);
  expectNotedByRoots(region);
  expectStampsOfNow(region);
  await expectNothingProvisional(region);
  await region.aMonthAfterABackup();
  if (expectLetGoEmptied(region) > 0) countIn(counts, 'let go by a hub');
  expectErased(region);
  if (region.network.witnessed.length === 0) expectConflicts(region.server.replica);
  if (region.network.harm.done) return;
  expectJudgedInOrder(region);
  countIn(counts, CALM);
  if (wasHealed(region)) countIn(counts, HEALED);
}

it(
  'whatever is cut, killed, restored, cloned, replaced or skewed, nothing acknowledged is lost',
  async () => {
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
    if (RUNS < 100 || given !== undefined) return;
    expect(FAULTS.filter((fault) => !counts.has(fault))).toEqual([]);
    expect((counts.get(HEALED) ?? 0) / counts.get(CALM)!, 'runs that had to be healed').toBeLessThan(MAX_HEALED);
  },
  MOST_MS,
);
