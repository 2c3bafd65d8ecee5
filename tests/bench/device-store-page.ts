import { applyRows } from '../../db/device/apply-reply.ts';
import { chartsSince, readChart } from '../../db/device/charts.ts';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { patientCard, patientSummary } from '../../lib/domain/patient/patient-card.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { makeStamp } from '../../lib/replication/stamp.ts';
import { createPatientIndex } from '../../lib/search/patient-index.ts';
import '../scenario/device-page.ts';
import { aRandom } from '../scenario/random.ts';

const random = aRandom(1);
const SYLLABLES = 'ba do ki ra sen tou ma li gu zo ne fa chi wa ye mbo han mu sa te'.split(' ');
const WORDS = Array.from({ length: 3000 }, () =>
  Array.from({ length: 1 + random.below(4) }, () => random.pick(SYLLABLES)).join(''),
);
const FIELDS = Array.from({ length: 30 }, () => crypto.randomUUID());

/** A clinical record of about 2 KB of JSON, as a form of thirty questions leaves, with ids and stamps of its own. */
function anEvent(id: string, patientId: string): StoredRecord {
  const values: Record<string, Json> = { patientId, clinicId: patientId, occurredAt: '2026-11-21T08:00:00.000Z' };
  for (const [at, field] of FIELDS.entries()) {
    const text = Array.from({ length: 1 + random.below(7) }, () => random.pick(WORDS)).join(' ');
    values[`answers.${field}`] = at % 3 === 0 ? random.below(400) / 10 : text;
  }
  const stamp = makeStamp({ ms: 1_760_000_000_000 + random.below(40_000_000_000), counter: 0 }, crypto.randomUUID());
  return {
    collection: 'events',
    id,
    values,
    stamps: Object.fromEntries(Object.keys(values).map((key) => [key, stamp])),
  };
}

const timed = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work();
  return Math.round(performance.now() - from);
};

/** P10: saves, each beside a bare durable put of the same rows: the chart, the outbox entry and the origin. */
async function savesAndPuts(bare: ReturnType<typeof openDeviceDatabase>) {
  const { database } = device;
  const [saves, puts]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 50; turn++) {
    saves.push(await exactly(() => device.edit(turn, { phone: `n ${turn}` })));
    const chart = await database.charts.orderBy('commit').last();
    const entry = await database.outbox.orderBy('seq').last();
    const origin = await database.meta.get('origin');
    const put = async () => {
      await bare.transaction('rw', [bare.charts, bare.outbox, bare.meta], async () => {
        await bare.charts.put(chart!);
        await bare.outbox.put(entry!);
        await bare.meta.put(origin!);
      });
    };
    puts.push(await exactly(put));
  }
  const inOrder = (times: number[]) => times.sort((left, right) => left - right);
  return { saves: inOrder(saves), puts: inOrder(puts) };
}

async function exactly(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Writes `charts` charts with four clinical records each, and reads them back. Milliseconds and bytes. */
async function measureStore(charts: number, pageSize: number) {
  await device.enrol();
  const page = (from: number) =>
    Array.from({ length: Math.min(pageSize, charts - from) }, (_, index) => {
      const [patient, membership, ...four] = device.chart(from + index, 4);
      return [patient!, membership!, ...four.map((one) => anEvent(one.id, patient!.id))];
    }).flat();
  let plain = 0;
  let records = 0;
  let written = 0;
  for (let from = 0; from < charts; from += pageSize) {
    const incoming = page(from);
    plain += JSON.stringify(incoming.filter((one) => one.collection === 'events').map((one) => one.values)).length;
    records += incoming.length;
    written += await timed(() => applyRows(device.database, device.key(), incoming, (current) => current));
  }
  const rows = await device.database.charts.toArray();
  const floorBase = openDeviceDatabase('strict', 'floor');
  let floor = 0;
  for (let from = 0; from < rows.length; from += pageSize)
    floor += await timed(() => floorBase.charts.bulkPut(rows.slice(from, from + pageSize)));
  const bytes = rows.reduce((sum, row) => sum + row.sealed.bytes.byteLength, 0);
  const ids = rows.map((row) => row.id);
  const opens: number[] = [];
  for (let turn = 0; turn < 200; turn++) {
    const from = performance.now();
    await readChart(device.database, device.key(), ids[(turn * 17) % ids.length]!);
    opens.push(performance.now() - from);
  }
  opens.sort((left, right) => left - right);
  const index = createPatientIndex();
  const caughtUp = await timed(async () => {
    for await (const batch of chartsSince(device.database, device.key(), 0))
      for (const chart of batch.charts) {
        patientCard(chart.records, false);
        const summary = patientSummary(chart.records);
        if (summary !== null) index.put(summary);
      }
  });
  const { saves, puts } = await savesAndPuts(floorBase);
  return {
    ...{ charts, records, writtenMs: written, floorMs: floor, ratio: written / floor },
    ...{
      plainBytesPerEvent: plain / (charts * 4),
      sealedBytesPerRecord: bytes / records,
      bytesPerChart: bytes / charts,
    },
    ...{
      openP50Ms: opens[100],
      openP95Ms: opens[190],
      catchUpMs: caughtUp,
      saveP50Ms: saves[25],
      saveP95Ms: saves[47],
      barePutP50Ms: puts[25],
      saveOfBarePut: saves[25]! / puts[25]!,
    },
  };
}

declare global {
  var measure: (charts: number, pageSize: number) => Promise<Record<string, number | undefined>>;
}
globalThis.measure = measureStore;
