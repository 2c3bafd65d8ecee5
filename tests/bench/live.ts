import { newId } from '../../db/postgres/replica-identity.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Action } from '../../lib/replication/change.ts';
import { type ExchangeReply, exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import { scopeHintSchema } from '../../lib/replication/protocol/hint.ts';
import { PROTOCOL_VERSION } from '../../lib/replication/protocol/version.ts';
import { eventsOf } from '../../workers/event-stream.ts';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { registration } from '../scenario/edits.ts';
import { aWriter } from '../scenario/postgres-clinic.ts';
import { type BenchLine, percentile, round } from './bench-line.ts';

const PORT = 4110;
const MAX_BYTES = 256 * 1024;

/** From the tap that saves to the record on another phone: one phone writes, all others hear of it and exchange. */
export async function run(): Promise<BenchLine[]> {
  const clinic = await aClinicServer(PORT, { NO_BUILD: '0' });
  const phones: Phone[] = [];
  try {
    const user = await clinic.aProvider('nora');
    const lines: BenchLine[] = [];
    for (const [count, writes, most] of [
      [2, 60, 300],
      [50, 20, 2000],
    ] as const) {
      while (phones.length < count) phones.push(await aPhone(clinic, user));
      const times = await delays(clinic.clinicId, phones, writes);
      lines.push(
        {
          budget: 'P7',
          what: `write → on another phone, ${count} phones, p50`,
          value: round(percentile(times, 0.5)),
          unit: 'ms',
        },
        { budget: 'P7', what: '… p95', value: round(percentile(times, 0.95)), unit: 'ms', most },
      );
    }
    return lines;
  } finally {
    for (const phone of phones) phone.close();
    await clinic.server.dispose();
  }
}

/** Milliseconds from a write to each other phone that has read it. */
async function delays(clinicId: string, phones: readonly Phone[], writes: number): Promise<number[]> {
  const [writing, ...others] = phones;
  const times: number[] = [];
  for (let count = 0; count < writes; count++) {
    const patientId = newId();
    const seen = others.map((phone) => phone.sees(patientId));
    const from = performance.now();
    const written = writing!.write(registration(patientId, clinicId));
    times.push(...(await Promise.all(seen)).map((at) => at - from));
    await written;
  }
  return times;
}

type Phone = Awaited<ReturnType<typeof aPhone>>;

/** A phone without a screen: enrolled and signed in over HTTP, following the stream as workers/live.ts does. */
async function aPhone(clinic: ClinicServer, user: { username: string; password: string }) {
  const { origin } = clinic.server;
  const deviceId = newId();
  const code = (await clinic.anEnrolmentLink()).split('/').at(-1)!;
  const { bearer } = (await post('/api/enrol', { code, deviceId, deviceName: 'Phone' }, null)) as { bearer: string };
  const signedIn = (await post('/api/device/sign-in', user, bearer)) as { user: { id: string } };
  const writer = aWriter(signedIn.user.id, clinic.clinicId, deviceId);
  const waiting = new Map<string, (at: number) => void>();
  const abort = new AbortController();
  let epoch: string | null = null;
  let cursors: Readonly<Record<string, number>> = {};
  const heard = new Map<string, number>();
  let reading = false;

  async function post(path: string, body: unknown, token: string | null): Promise<unknown> {
    const headers = {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async function exchange(actions: readonly Action[]): Promise<ExchangeReply> {
    const request = {
      ...{ protocol: PROTOCOL_VERSION, schema: SCHEMA_VERSION, replicaId: deviceId, clock: Date.now(), origins: {} },
      ...{ actions, epoch, cursors, maxBytes: MAX_BYTES },
    };
    const reply = exchangeReplySchema.parse(await post('/api/sync', request, bearer));
    [epoch, cursors] = [reply.epoch, reply.cursors];
    for (const record of reply.pages.flatMap((page) => page.tables.flatMap((table) => table.records))) {
      const id = String(record[0]);
      waiting.get(id)?.(performance.now());
      waiting.delete(id);
    }
    return reply;
  }

  const isBehind = () => [...heard].some(([scope, seq]) => seq > (cursors[scope] ?? 0));

  /** One exchange at a time; what is heard during one is looked at when it ends. */
  async function readOn(): Promise<void> {
    if (reading) return;
    reading = true;
    let more = true;
    while (more || isBehind()) more = (await exchange([])).more;
    reading = false;
  }

  async function hear(): Promise<void> {
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${origin}/api/sync/live`, { headers, signal: abort.signal });
    for await (const data of eventsOf(response.body!)) {
      const { scope, seq } = scopeHintSchema.parse(JSON.parse(data));
      heard.set(scope, seq);
      if (isBehind()) void readOn();
    }
  }

  await readOn();
  const ended = hear();
  ended.catch(() => undefined);
  return {
    sees: (id: string) => new Promise<number>((seen) => waiting.set(id, seen)),
    write: (edits: ReturnType<typeof registration>) => exchange([writer.author(edits)]),
    close: () => abort.abort(),
  };
}
