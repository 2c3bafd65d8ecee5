import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../app/server/run-command.ts';
import { newId } from '../../../db/postgres/replica-identity.ts';
import { readUpstream } from '../../../db/postgres/upstream.ts';
import { ROLE_TEMPLATES } from '../../../lib/access/actor.ts';
import { grantPermissions } from '../../../lib/domain/permission/grant-permissions.ts';
import { drawEdits } from '../../scenario/clinic-edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { aHttpPhone, type HttpPhone } from '../../scenario/http-phone.ts';
import { Answered } from '../../scenario/pusher.ts';
import { aRandom } from '../../scenario/random.ts';
import { expectEqualFor, untilQuiet } from '../../scenario/relay-pair.ts';
import { aRelayedClinic, type RelayedClinic } from '../../scenario/relayed-clinic.ts';
import type { ServerProcess } from '../../scenario/server-process.ts';

const AT_THE_HUB = 3;
const AT_THE_ROOT = 2;
const BETWEEN_FAULTS = 12;
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);

/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let pair: RelayedClinic;
beforeAll(async () => {
  pair = await aRelayedClinic();
  const { clinic } = pair;
  const asFounder = { userId: clinic.founder, clinicId: null };
  const flags = [...ROLE_TEMPLATES.provider, 'delete-records', 'delete-visits', 'delete-patients'] as const;
  const { userId } = clinic.clinics[0]!;
  for (const { clinicId } of clinic.clinics)
    await runCommand(clinic.database.pool, grantPermissions, { userId, clinicId, flags: [...flags] }, asFounder);
}, PATIENCE_MS);
afterAll(() => pair.dispose());

it(
  `kill -9 of root and relay, their line cut: both end equal, and every phone knows that the root has its work (seed ${SEED})`,
  async () => {
    const random = aRandom(SEED);
    const { clinic, hub, line, root, relay } = pair;
    const { clinicId, userId } = clinic.clinics[0]!;
    const clinics = clinic.clinics.map((one) => one.clinicId);
    await until(async () => (await readUpstream(hub.pool)).scopes.length > 0);
    const phones: { phone: HttpPhone; server: ServerProcess }[] = [];
    for (let count = 0; count < AT_THE_HUB + AT_THE_ROOT; count++) {
      const server = count < AT_THE_HUB ? relay : root;
      const device = await clinic.aDevice();
      phones.push({ phone: aHttpPhone(device, userId, clinicId, server.origin), server });
    }
    await untilQuiet(clinic.database, hub, [clinicId]);
    const story = { over: false, saved: 0, cut: 0 };
    const drawing = { random, newId, clinics, medicineId: newId() };

    const exchange = ({ phone, server }: (typeof phones)[0]) =>
      phone.exchange().catch(async (fault: unknown) => {
        if (fault instanceof Answered && fault.status !== 503) throw fault;
        if (!(fault instanceof TypeError) && !(fault instanceof Answered)) throw fault;
        story.cut += 1;
        await server.ready();
      });
    const work = async (one: (typeof phones)[0]) => {
      while (!story.over) {
        const shown = [...one.phone.phone.state.records.values()].map((held) => held.shown);
        const edits = drawEdits(drawing, shown, clinicId, userId);
        if (edits !== null && one.phone.phone.commit(edits, { userId, clinicId }) !== null) story.saved += 1;
        await exchange(one);
      }
    };
    const enough = async () => {
      const aim = story.saved + BETWEEN_FAULTS;
      await until(() => story.saved >= aim);
      // Anywhere in what they are doing just now.
      await wait(random.below(40));
    };
    const troublemaker = async () => {
      for (let round = 0; round < 2; round++) {
        await enough();
        await relay.killAndRestart();
        await enough();
        line.cut();
        await enough();
        line.mend();
        await enough();
        await root.killAndRestart();
      }
      story.over = true;
    };
    await Promise.all([troublemaker(), ...phones.map(work)]);
    for (let times = 0; times < 2; times++) {
      for (const { phone } of phones) await phone.sync();
      await untilQuiet(clinic.database, hub, [clinicId]);
    }
    for (const { phone } of phones) await phone.sync();

    const { log } = await expectExact(clinic.database.pool);
    const records = await expectEqualFor(clinic.database, hub, [clinicId]);
    const results = new Map(log.map((row) => [row.id, row.result]));
    expect(results.size, 'changes in the log, by id').toBe(log.length);
    const entries = phones.flatMap(({ phone }) => phone.phone.state.outbox);
    expect(entries.length).toBe(story.saved);
    const unsure = entries.filter(({ state }) => state !== 'confirmed' && state !== 'refused');
    expect(unsure, 'work of which a phone does not know that the root has it').toEqual([]);
    for (const { action, state } of entries) {
      for (const { id } of action.changes) expect(results.get(id)).toBe(state === 'refused' ? 'refused' : 'applied');
    }
    for (const server of [root, relay]) expect(server.errors().match(/^(uncaught|unhandled).*/gm)).toBeNull();
    expect(story.cut, 'requests that a kill cut off').toBeGreaterThan(0);
    console.log(`actions ${story.saved}, log ${log.length}, requests cut ${story.cut}, records of the hub ${records}`);
  },
  PATIENCE_MS,
);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(20);
}
