import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { database as served } from '../../app/server/database.ts';
import { sessionsOn } from '../../app/server/session/sessions.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { aVisit, put, registration, someVitals } from './edits.ts';
import { aPusher, type Pusher } from './pusher.ts';
import type { Random } from './random.ts';
import { aServedClinic } from './routes.ts';
import { aDatabase, type TestDatabase } from './test-database.ts';

export type PushingClinic = Awaited<ReturnType<typeof aPushingClinic>>;

/** A database with clinics and phones enrolled in them, for servers that run as processes of their own. */
export async function aPushingClinic(clinicNames: readonly string[] = ['North'], given?: TestDatabase) {
  const database = given ?? (await aDatabase());
  process.env.DATABASE_URL = database.url;
  const clinic = await aServedClinic(database);
  await ensureBuiltInForms(database.pool);
  const clinics: { clinicId: string; userId: string }[] = [];
  for (const name of clinicNames) {
    const clinicId = await clinic.aClinic(name);
    clinics.push({ clinicId, userId: await clinic.aUser(name.toLowerCase(), clinicId) });
  }
  return {
    database,
    clinics,
    founder: clinic.founder,
    async aPhone(origin: () => string, place = 0): Promise<Pusher> {
      const { clinicId, userId } = clinics[place]!;
      const device = await clinic.aDevice(clinicId, clinicNames[place]!.toLowerCase());
      return aPusher(origin, device, userId, clinicId);
    },
    /** On which its clinic's user signed in, unless others did, or nobody. */
    aDevice: (place = 0, signedIn = [clinicNames[place]!.toLowerCase()]) =>
      clinic.aDevice(clinics[place]!.clinicId, ...signedIn),
    /** Headers of a signed-in administrator, for the portal's routes. */
    async asAdministrator(): Promise<Record<string, string>> {
      const session = await sessionsOn(served().pool).createSession(clinic.founder, { kind: 'api' });
      return { authorization: `Bearer ${session.id}`, 'content-type': 'application/json' };
    },
    async dispose(): Promise<void> {
      await served().close();
      // The next file's database is another one.
      Reflect.deleteProperty(globalThis, Symbol.for('hikma.database'));
      await database.drop();
    },
  };
}

/** What a phone is given to do next: new patients, charts written into, one patient that everybody edits. */
export function drawnWork(random: Random, pusher: Pusher, everybodys: readonly string[]): Edit[] {
  const { clinicId, userId } = pusher;
  const someone = random.chance(0.4) ? random.pick(everybodys) : random.pick(ownPatients(pusher, everybodys));
  const value = String(random.below(1_000_000));
  return random.pick<() => Edit[]>([
    () => registration(newId(), clinicId),
    () => [put('patients', someone, { phone: value })],
    () => [put('patients', someone, { village: value, [`attributes.${random.pick(['height', 'shoe'])}`]: value })],
    () => [aVisit(newId(), someone, clinicId), put('patients', someone, { camp: value })],
    () => [someVitals(newId(), someone, clinicId, userId, { pulsePerMin: 50 + random.below(60) })],
  ])();
}

function ownPatients(pusher: Pusher, everybodys: readonly string[]): readonly string[] {
  const own = pusher.made.flatMap(({ changes }) => changes.filter((change) => change.collection === 'patients'));
  return own.length === 0 ? everybodys : own.map((change) => change.recordId);
}

/** Registered and known to everyone before the story starts. */
export async function somePatients(pushers: readonly Pusher[], count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  for (const id of ids) pushers[0]!.make(registration(id, pushers[0]!.clinicId));
  for (const pusher of pushers) await pusher.quiet();
  return ids;
}
