import { expose } from 'comlink';
import { type Chart, chartsSince } from '../db/device/charts.ts';
import { openDeviceDatabase } from '../db/device/device-database.ts';
import { type PatientCard, patientCard, patientSummary } from '../lib/domain/patient/patient-card.ts';
import { idsWorthComparing, likelyDuplicates } from '../lib/search/duplicates.ts';
import type { IndexStatus, IndexWorker } from '../lib/search/index-worker.ts';
import { createPatientIndex, type PatientIndex } from '../lib/search/patient-index.ts';
import type { PatientSummary } from '../lib/search/patient-summary.ts';

const database = openDeviceDatabase('relaxed');

let key: CryptoKey | null = null;
let index: PatientIndex = createPatientIndex();
let cards = new Map<string, PatientCard>();
let summaries = new Map<string, PatientSummary>();
let commit = 0;
let ready = false;
let listener: ((status: IndexStatus) => void) | null = null;
let running: Promise<void> = Promise.resolve();
let queued: Promise<void> | null = null;
/** Charts read so far, those without a patient's card included. */
let seen = new Set<string>();

const worker: IndexWorker<CryptoKey> = {
  async open(given) {
    key = given;
    await catchUp();
  },
  async close() {
    key = null;
    forget();
  },
  catchUp,
  async search(query, limit) {
    if (query.trim() === '') return newest(limit);
    return index.search(query, limit).flatMap(({ id }) => cards.get(id) ?? []);
  },
  async card(patientId) {
    return cards.get(patientId) ?? null;
  },
  async toDecide() {
    return [...cards.values()].filter((card) => card.openConflicts > 0);
  },
  async duplicates(candidate) {
    const worth = [...idsWorthComparing(candidate, index)].flatMap((id) => summaries.get(id) ?? []);
    return likelyDuplicates(candidate, worth).flatMap((match) => {
      const card = cards.get(match.id);
      return card === undefined ? [] : [{ card, match }];
    });
  },
  async watch(watcher) {
    listener = watcher;
    say();
  },
  async ping() {
    // Answering is the answer.
  },
};

/** One catch-up at a time; calls during one share the next. */
function catchUp(): Promise<void> {
  queued ??= running = running.then(startNext, startNext);
  return queued;
}

function startNext(): Promise<void> {
  queued = null;
  return readOn();
}

async function readOn(): Promise<void> {
  if (key === null) return;
  const mine = key;
  for await (const batch of chartsSince(database, mine, commit)) {
    if (key !== mine) return;
    for (const chart of batch.charts) put(chart);
    commit = batch.commit;
    say();
  }
  await dropGone();
  // Locked meanwhile: an index that was forgotten is not ready.
  if (key !== mine) return;
  ready = true;
  say();
}

function put(chart: Chart): void {
  seen.add(chart.patientId);
  // That somebody looked is no change of the patient, and no record of him that waits here.
  const unsent = [...chart.unsent].some((key) => !key.startsWith('views/'));
  const records = chart.records.filter((one) => one.collection !== 'views');
  const card = patientCard(records, unsent);
  const summary = patientSummary(chart.records);
  if (card === null || summary === null) {
    remove(chart.patientId);
    return;
  }
  cards.set(card.id, card);
  summaries.set(card.id, summary);
  index.put(summary);
}

function remove(id: string): void {
  if (!cards.delete(id)) return;
  summaries.delete(id);
  index.remove(id);
}

/** A chart that was let go leaves no commit behind: only its absence says so. */
async function dropGone(): Promise<void> {
  if ((await database.charts.count()) === seen.size) return;
  const held = new Set(await database.charts.toCollection().primaryKeys());
  for (const id of [...seen].filter((one) => !held.has(one))) {
    seen.delete(id);
    remove(id);
  }
}

function newest(limit: number): PatientCard[] {
  const all = [...cards.values()];
  all.sort((left, right) => right.changedAtMs - left.changedAtMs);
  return all.slice(0, limit);
}

function forget(): void {
  index = createPatientIndex();
  cards = new Map();
  summaries = new Map();
  seen = new Set();
  commit = 0;
  ready = false;
  say();
}

function say(): void {
  listener?.({ ready, patients: cards.size });
}

// Whichever tab saved, and whichever tab's worker applied a reply.
for (const channel of ['charts', 'saves'])
  new BroadcastChannel(channel).addEventListener('message', () => void catchUp());
expose(worker);
