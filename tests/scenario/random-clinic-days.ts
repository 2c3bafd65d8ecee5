import type { HeldRecord } from '../../lib/replication/apply-reply.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeOnce, type Transport } from '../../lib/replication/exchange.ts';
import { exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from './edits.ts';
import type { MakePhoneStore } from './phone-stores.ts';
import { aSimulatedWorld } from './simulated-world.ts';

const FLAGS = [
  'register-patients',
  'view-history',
  'edit-records',
  'delete-records',
  'delete-visits',
  'delete-patients',
] as const;
const DAY_MS = 86_400_000;

/** Three phones in two clinics and a server, whose every step is drawn from one seed. */
export async function aRandomRegion(seed: number, make: MakePhoneStore) {
  const world = aSimulatedWorld(seed);
  const { random, newId, time } = world;
  const clinics = [await world.aClinic('North'), await world.aClinic('South')] as const;
  const [north, south] = clinics;
  const phones = await Promise.all([aPhone([north]), aPhone([south]), aPhone([north, south])]);
  type Phone = (typeof phones)[number];
  const saved: string[] = [];
  /** Replies that were given up and still come, after newer ones. */
  const late: (() => Promise<void>)[] = [];

  async function aPhone(clinicIds: string[]) {
    const userId = await world.aUser('provider', clinicIds, FLAGS);
    const skew = { ms: random.pick([-DAY_MS, 0, 0, DAY_MS]) };
    const clock = () => time.ms + skew.ms;
    const phone = await make(newId(), clock, newId);
    return { ...phone, ...world.connect(phone.store, userId, clinicIds, clock), skew, clock };
  }

  async function edit(phone: Phone): Promise<void> {
    const shown = (await phone.held()).map((held) => held.shown);
    const clinicId = random.pick(phone.clinicIds);
    const edits = drawnEdits(shown, clinicId, phone.userId);
    if (edits === null) return;
    const id = await phone.commit(edits, { userId: phone.userId, clinicId });
    if (id !== null) saved.push(id);
  }

  function drawnEdits(shown: StoredRecord[], clinicId: string, userId: string): Edit[] | null {
    const some = (collection: string) => {
      const all = shown.filter((record) => record.collection === collection);
      return all.length === 0 ? null : random.pick(all);
    };
    const patient = some('patients');
    if (patient === null || random.chance(0.1)) return registration(newId(), clinicId);
    const [visit, vitals] = [some('visits'), some('vitals')];
    const value = String(random.below(1000));
    return random.pick<() => Edit[] | null>([
      () => [put('patients', patient.id, { phone: value })],
      () => [put('patients', patient.id, { village: value, [`attributes.${random.pick(['height', 'shoe'])}`]: value })],
      () => [
        put('patients', patient.id, { birth: { birthDate: `19${10 + random.below(89)}`, birthDateEstimated: true } }),
      ],
      () => [put('patients', patient.id, { sex: 'nonsense' })],
      () => [aVisit(newId(), patient.id, clinicId), put('patients', patient.id, { camp: value })],
      () => visit && [put('visits', visit.id, { reason: value })],
      () => visit && [put('visits', visit.id, { closing: { status: 'closed', closedAt: '2026-11-21T10:00:00.000Z' } })],
      () => [someVitals(newId(), patient.id, clinicId, userId, { pulsePerMin: 50 + random.below(60) })],
      () => visit && [someVitals(newId(), visit.values.patientId as string, clinicId, userId, { visitId: visit.id })],
      () => visit && vitals && [put('vitals', vitals.id, { visitId: visit.id }, 'of another visit')],
      () => vitals && [put('vitals', vitals.id, { pulsePerMin: 50 + random.below(60) }, 'misread')],
      () => vitals && [removal(vitals, random.pick(['delete', 'restore']))],
      () => [membership(patient.id, random.pick(clinics))],
      () => [membership(patient.id, random.pick(clinics), '2026-11-21T09:00:00.000Z')],
      () => [removal(visit ?? patient, 'delete')],
      () => [removal(random.pick([visit ?? patient, patient]), random.pick(['delete', 'restore']))],
    ])();
  }

  function removal({ collection, id }: StoredRecord, kind: 'delete' | 'restore'): Edit {
    return { collection, id, kind, fields: {}, reason: 'entered twice' };
  }

  /**
   * One exchange over a bad line: through, cut before or after the server had it, delivered twice, too late, or
   * overtaken by a save.
   */
  async function exchange(phone: Phone): Promise<void> {
    const line: Transport = random.pick<Transport>([
      phone.transport,
      phone.transport,
      () => Promise.reject(new TypeError('cut')),
      async (request) => {
        await phone.transport(request);
        throw new TypeError('cut');
      },
      async (request) => {
        await phone.transport(request);
        return phone.transport(request);
      },
      async (request) => {
        const reply = await phone.transport(request);
        await edit(phone);
        return reply;
      },
      async (request) => {
        const reply = exchangeReplySchema.parse(await phone.transport(request));
        const { version } = await phone.store.readOutgoing({ maxChanges: 1, maxBytes: 1 });
        late.push(async () => {
          const before = await phone.held();
          await phone.store.applyReply(reply, { sentMs: phone.clock(), receivedMs: phone.clock(), version });
          noneOlder(before, await phone.held());
        });
        throw new TypeError('cut');
      },
    ]);
    const maxBytes = random.pick([1024, 4096, 32_768]);
    await exchangeOnce(phone.store, line, phone.clock, maxBytes).catch((fault: unknown) => {
      if (!(fault instanceof TypeError && fault.message === 'cut')) throw fault;
    });
  }

  async function step(): Promise<void> {
    const phone = random.pick(phones);
    const drawn = random.next();
    if (drawn < 0.55) await edit(phone);
    else if (drawn < 0.9) await exchange(phone);
    else if (drawn < 0.93) await late.pop()?.();
    else if (drawn < 0.96) phone.skew.ms = random.pick([-DAY_MS, 0, DAY_MS]);
    else await world.grant(phone.userId, phone.clinicIds[0]!, { 'view-history': random.chance(0.5) });
    time.ms += random.below(600_000);
  }

  return { world, phones, saved, step };
}

/** A late reply carries old rows: what is held must not fall back to them, key by key. */
function noneOlder(before: readonly HeldRecord[], after: readonly HeldRecord[]): void {
  const now = new Map(after.flatMap(({ stored }) => (stored === null ? [] : [[refKey(stored), stored] as const])));
  for (const { stored } of before) {
    const held = stored === null ? undefined : now.get(refKey(stored));
    if (stored === null || held === undefined) continue;
    const older = Object.keys(stored.stamps).find((key) => !((held.stamps[key] ?? '') >= stored.stamps[key]!));
    if (older !== undefined) throw new Error(`${refKey(stored)} fell back to an older ${older}`);
  }
}

export type RandomRegion = Awaited<ReturnType<typeof aRandomRegion>>;
