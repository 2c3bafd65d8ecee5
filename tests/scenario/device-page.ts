import { applyRows } from '../../db/device/apply-reply.ts';
import { openChart, readChart } from '../../db/device/charts.ts';
import { type Committer, commitAction } from '../../db/device/commit-action.ts';
import { importDataKey, newDataKeyBytes, unwrapDataKey, wrapDataKey } from '../../db/device/data-key.ts';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { openOutboxRow } from '../../db/device/outbox.ts';
import { readDevice, readFeed, readOrigin, saveEnrolment } from '../../db/device/replica-state.ts';
import { scopeDigests } from '../../db/device/scope-digest.ts';
import { seal } from '../../db/device/seal.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { createIdSource, deterministicId } from '../../lib/domain/identity.ts';
import type { Json } from '../../lib/replication/json.ts';
import { chainAfter } from '../../lib/replication/outbox.ts';
import { recordHash, type StoredRecord } from '../../lib/replication/record.ts';

// What the browser tests run inside a page of their own: the phone's store as the app uses it, and nothing of the app.

const CLINIC = '01a1fd1e-8c00-7000-8000-00000000c1c1';
const AUTHOR = { userId: '01a1fd1e-8c00-7000-8000-00000000a0a0', clinicId: CLINIC };
const PIN = '482913';
const STAMP = '1795248000000.0000.00000000abcd';

const database = openDeviceDatabase('strict');
const newId = createIdSource({ now: Date.now, random: (count) => crypto.getRandomValues(new Uint8Array(count)) });
const committer: Committer = { deviceMs: Date.now, newId, schema: SCHEMA_VERSION, check: () => null };
let key: CryptoKey;

function patientId(number: number): string {
  return deterministicId('patients', `test ${number}`);
}

function record(collection: string, id: string, values: Record<string, Json>): StoredRecord {
  return { collection, id, values, stamps: Object.fromEntries(Object.keys(values).map((one) => [one, STAMP])) };
}

/** A chart as clinics have them: the patient, his membership, and `clinical` sets of vital signs. */
function chart(number: number, clinical: number): StoredRecord[] {
  const id = patientId(number);
  const [patient, clinicId] = [{ patientId: id }, { clinicId: CLINIC }];
  const created = { createdAt: '2026-11-21T08:00:00.000Z', createdBy: AUTHOR.userId, createdOn: AUTHOR.userId };
  const names = {
    givenName: `Given ${number}`,
    familyName: `Family ${number % 97}`,
    sex: 'female',
    phone: `07${number}`,
  };
  const place = { village: 'Kfar Nabrakh', region: 'Chouf', country: 'LB', address: 'behind the school, second door' };
  const when = { occurredAt: '2026-11-21T08:00:00.000Z', occurredOn: '2026-11-21', providerId: AUTHOR.userId };
  const measures = {
    bp: { systolicMmHg: 120 + (number % 30), diastolicMmHg: 80, bpPosition: 'sitting' },
    ...{ pulsePerMin: 60 + (number % 40), respiratoryRatePerMin: 16, temperatureCelsius: 36.8, weightKg: 61.5 },
    ...{ oxygenSaturationPercent: 97, height: { heightCm: 165.5, heightMethod: 'standing' }, painScore: 2 },
  };
  return [
    record('patients', id, { ...clinicId, homeClinicId: CLINIC, ...names, ...place, created }),
    record('patientClinics', deterministicId('patientClinics', id, CLINIC), {
      ...{ ...patient, ...clinicId, since: '2026-11-21', leftAt: null, created },
    }),
    ...Array.from({ length: clinical }, (_, index) =>
      record('vitals', deterministicId('vitals', id, String(index)), {
        ...{ ...patient, ...clinicId, ...when, ...measures, created },
      }),
    ),
  ];
}

async function enrol(): Promise<void> {
  const raw = newDataKeyBytes();
  key = await importDataKey(raw);
  const wrapped = await wrapDataKey(raw, PIN);
  const user = { userId: AUTHOR.userId, name: 'Nora', wrapped, wrongAttempts: 0, blockedUntilMs: 0 };
  const bearer = await seal(key, 'bearer', 'token');
  await saveEnrolment(database, { key: 'device', deviceId: newId(), clinicIds: [CLINIC], keyring: [user], bearer });
}

async function unlock(): Promise<void> {
  const device = await readDevice(database);
  const raw = await unwrapDataKey(device!.keyring[0]!.wrapped, PIN);
  key = await importDataKey(raw!);
}

/** A page of the feed with charts `from` up to `to`; the desk's cursor then stands at `to`. */
async function applyCharts(from: number, to: number, clinical: number): Promise<void> {
  const records = Array.from({ length: to - from }, (_, index) => chart(from + index, clinical)).flat();
  const cursors = { e: { [`${CLINIC}:desk`]: to } };
  await applyRows(database, key, records, (current) => ({ ...current, epoch: 'e', cursors }));
}

/** Edits one patient as a form does; the number of the change, known only when it is on the disk. */
async function edit(number: number, fields: Record<string, Json>): Promise<number | null> {
  const id = patientId(number);
  const edits = [{ collection: 'patients', id, kind: 'put' as const, fields, reason: null }];
  const decide = () => ({ edits, author: AUTHOR });
  const done = await commitAction(database, key, [{ table: 'charts', id }], decide, committer);
  return done.ok ? (done.action?.changes[0]?.originSeq ?? null) : null;
}

/** The error of a save, as the app reads it, or null. */
async function editFails(
  number: number,
  fields: Record<string, Json>,
): Promise<{ name: string; inner: string } | null> {
  try {
    await edit(number, fields);
    return null;
  } catch (fault) {
    const { name, inner } = fault as { name: string; inner?: { name: string } };
    return { name, inner: inner?.name ?? '' };
  }
}

async function shown(number: number): Promise<Readonly<Record<string, Json>> | null> {
  const found = await readChart(database, key, patientId(number));
  return found?.records.find((one) => one.collection === 'patients')?.values ?? null;
}

/** Everything that must agree after a crash. */
async function check() {
  const [origin, feed, pending] = [
    await readOrigin(database),
    await readFeed(database),
    await Promise.all(
      (await database.outbox.where('state').equals('pending').toArray()).map((row) => openOutboxRow(key, row)),
    ),
  ];
  const changes = pending.flatMap((entry) => entry.action.changes);
  const digest = { desk: 0n, record: 0n };
  const lost: number[] = [];
  const rows = await database.charts.toArray();
  for (const row of rows) {
    const { records } = await openChart(key, row);
    for (const one of records) {
      if (one.collection === 'vitals') digest.record ^= recordHash(one);
    }
    const mine = changes.filter((change) => change.recordId === row.id);
    const patient = records.find((one) => one.collection === 'patients');
    for (const change of mine) {
      for (const name of Object.keys(change.fields))
        if (!((patient?.stamps[name] ?? '') >= change.stamp)) lost.push(change.originSeq);
    }
  }
  const scope = `${CLINIC}:record`;
  return {
    charts: rows.length,
    cursor: feed.cursors.e?.[`${CLINIC}:desk`] ?? 0,
    seq: origin.seq,
    seqs: changes.map((change) => change.originSeq),
    chainAgrees: chainAfter('', changes) === origin.chain,
    digestAgrees: (await scopeDigests(database, [scope]))[scope]!.digest === String(digest.record),
    greatestCommitHeld: rows.every((row) => row.commit <= origin.commit),
    /** Changes of the outbox that their chart does not show. */
    lost,
  };
}

const page = { database, enrol, unlock, applyCharts, edit, editFails, shown, check, chart, seal, key: () => key };
export type DevicePage = typeof page;
declare global {
  var device: DevicePage;
}
globalThis.device = page;
