import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../db/postgres/replica-identity.ts';
import type { Action } from '../../../lib/replication/change.ts';
import type { Outcome } from '../../../lib/replication/protocol/outcome.ts';
import { aVisit, put, registration } from '../../scenario/edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import type { Pusher } from '../../scenario/pusher.ts';
import { aPushingClinic, type PushingClinic, somePatients } from '../../scenario/pushing-clinic.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';

const ROUNDS = 10;
/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let servers: ServerProcess[];
let phone: Pusher;
let colleague: Pusher;
let known: string[];
beforeAll(async () => {
  clinic = await aPushingClinic();
  servers = await Promise.all([aServerProcess(clinic.database.url), aServerProcess(clinic.database.url)]);
  phone = await clinic.aPhone(servers[0]!.origin);
  colleague = await clinic.aPhone(servers[1]!.origin);
  known = await somePatients([phone, colleague], 3);
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await clinic.dispose();
});

/** New charts, an edit that a colleague's has already answered otherwise, and one that is refused. */
async function aBatch(round: number): Promise<Action[]> {
  for (const pusher of [phone, colleague]) await pusher.quiet();
  for (const id of known) colleague.make([put('patients', id, { phone: `colleague ${round}` })]);
  await colleague.exchange();
  const { clinicId } = phone;
  const made = newId();
  return [
    phone.make(registration(made, clinicId)),
    ...Array.from({ length: 5 }, () => phone.make([aVisit(newId(), made, clinicId)])),
    ...known.map((id) => phone.make([put('patients', id, { phone: `phone ${round}` })])),
    phone.make(registration(newId(), clinicId, { sex: 'unsure' })),
  ];
}

/** The one judgement, and twice the same words again. */
function expectJudgedOnce(all: readonly (readonly Outcome[])[]): void {
  const [first, ...others] = [...all].sort((a, b) => Number(a[0]!.duplicate) - Number(b[0]!.duplicate));
  expect(first!.map((one) => one.duplicate)).toEqual(first!.map(() => false));
  for (const other of others) expect(other).toEqual(first!.map((one) => ({ ...one, duplicate: true })));
}

async function openConflicts(): Promise<number> {
  return (await clinic.database.pool.query("select count(*)::int as n from conflicts where status = 'open'")).rows[0].n;
}

it('the same batch three times is judged once, a refusal and a conflict included', async () => {
  const before = await openConflicts();
  const actions = await aBatch(0);
  const all: Outcome[][] = [];
  for (const to of [0, 1, 0]) all.push((await phone.send(actions, servers[to]!.origin())).outcomes);
  expectJudgedOnce(all);
  expect(all[0]!.filter((one) => one.result === 'refused')).toHaveLength(1);
  expect(await openConflicts()).toBe(before + known.length);
  await expectExact(clinic.database.pool);
});

it(
  'the same batch three times at the same moment, at two servers, is judged once',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const before = await openConflicts();
      const actions = await aBatch(round);
      const all = await Promise.all([0, 1, 0].map((to) => phone.send(actions, servers[to]!.origin())));
      expectJudgedOnce(all.map((reply) => reply.outcomes));
      expect(await openConflicts()).toBe(before + known.length);
    }
    const { log } = await expectExact(clinic.database.pool);
    const made = phone.made.flatMap((action) => action.changes.map((change) => change.id));
    const stored = new Set(log.map((row) => row.id));
    expect(made.filter((id) => !stored.has(id))).toEqual([]);
    console.log(`batches sent three times ${ROUNDS + 1}, changes judged once ${made.length}`);
  },
  PATIENCE_MS,
);
