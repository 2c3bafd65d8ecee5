import type pg from 'pg';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { aVisit, membership, put, registration, someVitals } from './edits.ts';
import { aPostgresClinic, aWriter } from './postgres-clinic.ts';

/** Two clinics' days as pushes make them: charts, corrections, a transfer, a deletion, an erasure, a refusal. */
export async function aDayAtTwoClinics(pool: pg.Pool) {
  const world = await aPostgresClinic(pool, 2);
  const [north, south] = world.clinics as [(typeof world.clinics)[0], (typeof world.clinics)[0]];
  const { clinicId, userId } = north;
  const writer = aWriter(userId, clinicId);
  const phone = world.asDevice(north, newId());
  const held = async (collection: string, id: string) => readByIds(pool, [{ collection, id }]);
  const patients = Array.from({ length: 12 }, () => newId());
  const visits = patients.map(() => newId());
  const vitals = newId();
  for (const [index, id] of patients.entries()) {
    await phone.accept([
      writer.author(registration(id, clinicId, { phone: '0700', 'attributes.height': index })),
      writer.author([aVisit(visits[index]!, id, clinicId)]),
    ]);
  }
  const readings = {
    weightKg: 60.5,
    temperatureCelsius: 37.25,
    bp: { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: 'sitting' },
  };
  await phone.accept([writer.author([someVitals(vitals, patients[0]!, clinicId, userId, readings)])]);
  const [edited, moved, erased] = patients as [string, string, string];
  await phone.accept([
    writer.author([put('patients', edited, { village: 'V', phone: null })], await held('patients', edited)),
    // Not theirs to write: the log keeps what is refused.
    writer.author([put('clinics', newId(), { name: 'Mine', code: 'M', timeZone: 'UTC' })]),
  ]);
  await world.atServer(
    [membership(moved, south.clinicId), membership(moved, clinicId, '2026-11-21T09:00:00.000Z')],
    await readByIds(pool, [{ collection: 'patientClinics', id: membership(moved, clinicId).id }]),
  );
  const ended = { collection: 'visits', id: visits[2]!, kind: 'delete' as const, fields: {}, reason: 'typed twice' };
  await world.atServer([ended], await held('visits', visits[2]!));
  const gone = { collection: 'patients', id: erased, kind: 'erase' as const, fields: {}, reason: null };
  await world.atServer([gone], await held('patients', erased));
  const southern = aWriter(south.userId, south.clinicId);
  await world.asDevice(south).accept([southern.author(registration(newId(), south.clinicId))]);
  return {
    founder: world.founder,
    north,
    south,
    edited,
    erased,
    visit: visits[5]!,
    trail: `${clinicId}:trail`,
  };
}

export type Day = Awaited<ReturnType<typeof aDayAtTwoClinics>>;

/** One more registration by a phone of its own. */
export async function pushMore(pool: pg.Pool, { clinicId, userId }: Day['north'], count = 1): Promise<void> {
  const sender = { kind: 'device' as const, clinicIds: [clinicId], signedIn: [userId] };
  const writer = aWriter(userId, clinicId);
  for (let made = 0; made < count; made++) {
    await postgresFeedReplica(pool, sender).accept([writer.author(registration(newId(), clinicId))]);
  }
}
