import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectDatabase } from '../../../db/postgres/connect.ts';
import { newId } from '../../../db/postgres/replica-identity.ts';
import { recordsOf } from '../../../lib/replication/apply-reply.ts';
import { type SnapshotPage, snapshotPageSchema } from '../../../lib/replication/protocol/snapshot.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { aVisit, put, registration } from '../../scenario/edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { aHttpPhone, type HttpPhone } from '../../scenario/http-phone.ts';
import { aPushingClinic, type PushingClinic } from '../../scenario/pushing-clinic.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';

/** East and west of Greenwich, both sides of the date line; Beirut changes its clocks at midnight. */
const ZONES = ['Asia/Beirut', 'America/Bogota', 'Pacific/Auckland'] as const;
/** Leap days, ends of years, midnights that a change of clocks skips, days before anyone had time zones. */
const BIRTHS = [
  '1984-02-29',
  '1999-12-31',
  '2000-01-01',
  '2024-03-31',
  '1900-01-01',
  '1970-01-01',
  '2011-12-30',
  '1984-02',
  '1984',
  '2026-11-20',
] as const;
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let servers: ServerProcess[];
let phones: (HttpPhone & { authorization: string })[];
let clinicId: string;
let asking: { origin: () => string };
const ownZone = process.env.TZ;

beforeAll(async () => {
  clinic = await aPushingClinic();
  clinicId = clinic.clinics[0]!.clinicId;
  servers = await Promise.all(ZONES.map((zone) => aServerProcess(inZone(zone), { TZ: zone })));
  asking = { origin: servers[0]!.origin };
  phones = await Promise.all(
    [1, 2].map(async () => {
      const device = await clinic.aDevice();
      const phone = aHttpPhone(device, clinic.clinics[0]!.userId, clinicId, () => asking.origin());
      return { ...phone, authorization: device.authorization };
    }),
  );
}, PATIENCE_MS);
afterEach(() => {
  if (ownZone === undefined) Reflect.deleteProperty(process.env, 'TZ');
  else process.env.TZ = ownZone;
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await clinic.dispose();
});

/** The database's address for sessions whose own time zone is this one. */
function inZone(zone: string): string {
  const url = new URL(clinic.database.url);
  url.searchParams.set('options', `-c timezone=${zone}`);
  return url.href;
}

function at(round: number): ServerProcess {
  return servers[round % ZONES.length]!;
}

/** What a first sync through this server holds of these records. */
async function firstSync(server: ServerProcess, deviceId: string, authorization: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (let token: string | null = null, first = true; first || token !== null; first = false) {
    const response = await fetch(`${server.origin()}/api/sync/snapshot`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ protocol: 1, replicaId: deviceId, scopes: null, token, maxBytes: 1_000_000 }),
    });
    const page: SnapshotPage = snapshotPageSchema.parse(await response.json());
    found.push(...recordsOf(page.tables));
    token = page.token;
  }
  return found;
}

it(
  'a date of birth through ten rounds of edits, phones and servers in three time zones: the text stays',
  async () => {
    const id = newId();
    const patient = { collection: 'patients', id };
    const headers = await clinic.asAdministrator();
    phones[0]!.save(registration(id, clinicId, { birth: { birthDate: '1983', birthDateEstimated: true } as never }));
    await phones[0]!.sync();
    for (const [round, birthDate] of BIRTHS.entries()) {
      const [writer, reader] = round % 2 === 0 ? [phones[0]!, phones[1]!] : [phones[1]!, phones[0]!];
      process.env.TZ = ZONES[(round + 1) % ZONES.length];
      asking = at(round);
      await writer.sync();
      if (round % 3 === 2) await atThePortal(at(round + 1), id, birthDate, headers);
      else writer.save([put('patients', id, { birth: { birthDate, birthDateEstimated: false } })]);
      await writer.sync();

      process.env.TZ = ZONES[(round + 2) % ZONES.length];
      asking = at(round + 2);
      await reader.sync();
      for (const phone of [writer, reader]) {
        if (phone === writer) await writer.sync();
        expect(phone.phone.shown(patient)?.values.birth).toEqual({ birthDate, birthDateEstimated: false });
      }
      const chart = await fetch(`${at(round).origin()}/api/patients/${id}`, { headers });
      expect(((await chart.json()) as Chart).patient.fields.birthDate).toBe(birthDate);
      const stored = await clinic.database.pool.query(
        'select birth_date, birth_date_from::text as first from patients where id = $1',
        [id],
      );
      expect(stored.rows).toEqual([{ birth_date: birthDate, first: `${birthDate}-01-01`.slice(0, 10) }]);
    }
    await expectExact(clinic.database.pool);
  },
  PATIENCE_MS,
);

interface Chart {
  readonly patient: { readonly fields: Record<string, unknown> };
}

async function atThePortal(server: ServerProcess, id: string, date: string, headers: Record<string, string>) {
  const body = JSON.stringify({ answers: { birthDate: { date, estimated: false } } });
  const edited = await fetch(`${server.origin()}/api/patients/${id}`, { method: 'PATCH', headers, body });
  expect(edited.status, await edited.text()).toBe(200);
}

it(
  'the day and the instant of a visit, and when it was written, are the same through every server',
  async () => {
    const [phone, other] = [phones[0]!, phones[1]!];
    const saved = ZONES.map((zone, place) => {
      process.env.TZ = zone;
      const id = newId();
      const visitId = newId();
      // Late in the evening there, which is another day elsewhere.
      const occurred = {
        occurredAt: '2026-03-29T22:30:00.123Z',
        occurredOn: ['2026-03-30', '2026-03-29', '2026-03-30'][place]!,
      };
      phone.save([...registration(id, clinicId), aVisit(visitId, id, clinicId, occurred)]);
      return { visitId, occurred };
    });
    const expected = saved.map(({ visitId }) => phone.phone.shown({ collection: 'visits', id: visitId })!);
    asking = at(1);
    await phone.sync();
    asking = at(2);
    await other.sync();
    for (const record of expected) expect(other.phone.shown(record)).toEqual(record);
    for (const server of servers) {
      const { deviceId, authorization } = phones[1]!;
      const page = new Map((await firstSync(server, deviceId, authorization)).map((one) => [refKey(one), one]));
      for (const record of expected) expect(page.get(refKey(record))).toEqual(record);
    }
    const { rows } = await clinic.database.pool.query<{
      id: string;
      on: string;
      at: string;
      body: string;
      made: string;
    }>(
      `select v.id, v.occurred_on::text as on, v.occurred_at as at, c.body, v.created_at as made
     from visits v join changes c on c.record_id = v.id where v.id = any($1)`,
      [saved.map((one) => one.visitId)],
    );
    for (const row of rows) {
      const { occurred } = saved.find((one) => one.visitId === row.id)!;
      expect({ occurredAt: row.at, occurredOn: row.on }).toEqual(occurred);
      expect(row.made).toBe((JSON.parse(row.body) as { at: string }).at);
    }
    expect(rows).toHaveLength(ZONES.length);
    await expectExact(clinic.database.pool);
  },
  PATIENCE_MS,
);

it('the sessions of a server are in its time zone', async () => {
  for (const zone of ZONES) {
    const { pool, close } = connectDatabase(inZone(zone));
    const { rows } = await pool.query('show timezone');
    await close();
    expect(rows).toEqual([{ TimeZone: zone }]);
  }
});
