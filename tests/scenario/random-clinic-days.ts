import type { DownstreamStore } from '../../lib/replication/exchange.ts';
import { badLines } from './bad-lines.ts';
import { drawEdits, FLAGS } from './clinic-edits.ts';
import { noneOlder, storedIn } from './never-back.ts';
import type { MakePhoneStore } from './phone-stores.ts';
import { aSimulatedWorld } from './simulated-world.ts';

const DAY_MS = 86_400_000;

/** Three phones in two clinics and a server, whose every step is drawn from one seed. */
export async function aRandomRegion(seed: number, make: MakePhoneStore) {
  const world = aSimulatedWorld(seed);
  const { random, newId, time } = world;
  const medicineId = newId();
  const clinics = [await world.aClinic('North'), await world.aClinic('South')] as const;
  const [north, south] = clinics;
  const phones = await Promise.all([aPhone([north]), aPhone([south]), aPhone([north, south])]);
  type Phone = (typeof phones)[number];
  const saved: string[] = [];
  const lines = badLines(random);

  async function aPhone(clinicIds: string[]) {
    const userId = await world.aUser('provider', clinicIds, FLAGS);
    const skew = { ms: random.pick([-DAY_MS, 0, 0, DAY_MS]) };
    const clock = () => time.ms + skew.ms;
    const phone = await make(newId(), clock, newId);
    const store: DownstreamStore = {
      readOutgoing: (limits) => phone.store.readOutgoing(limits),
      async applyReply(reply, asked) {
        const before = storedIn(await phone.held());
        await phone.store.applyReply(reply, asked);
        noneOlder(before.values(), storedIn(await phone.held()));
      },
    };
    return { ...phone, store, ...world.connect(store, userId, clinicIds, clock), skew, clock };
  }

  async function edit(phone: Phone): Promise<void> {
    const shown = (await phone.held()).map((held) => held.shown);
    const clinicId = random.pick(phone.clinicIds);
    const edits = drawEdits({ random, newId, clinics, medicineId }, shown, clinicId, phone.userId);
    if (edits === null) return;
    const id = await phone.commit(edits, { userId: phone.userId, clinicId });
    if (id !== null) saved.push(id);
  }

  async function step(): Promise<void> {
    const phone = random.pick(phones);
    const drawn = random.next();
    if (drawn < 0.55) await edit(phone);
    else if (drawn < 0.9) await lines.exchange(phone.transport, { ...phone, meanwhile: () => edit(phone) });
    else if (drawn < 0.93) await lines.lateReply();
    else if (drawn < 0.96) phone.skew.ms = random.pick([-DAY_MS, 0, DAY_MS]);
    else await world.grant(phone.userId, phone.clinicIds[0]!, { 'view-history': random.chance(0.5) });
    time.ms += random.below(600_000);
  }

  return { world, phones, saved, step };
}

export type RandomRegion = Awaited<ReturnType<typeof aRandomRegion>>;
