import { createPatientIndex, loadPatientIndex, type PatientIndex } from '../../lib/search/patient-index.ts';
import type { PatientSummary } from '../../lib/search/patient-summary.ts';
import { aPatientList, type GeneratedPatient, seededRandom } from '../scenario/generate-patients.ts';
import { summaryOf } from '../scenario/patient-summaries.ts';
import {
  firstLetterQueries,
  insideIdQueries,
  phoneQueries,
  prefixQueries,
  type QuerySet,
  transliteratedQueries,
  typoQueries,
} from '../scenario/search-queries.ts';
import type { BenchLine } from './bench-line.ts';

const LIMIT = 50;
const QUERIES = 200;
const SETS: readonly (readonly [string, QuerySet, number | null])[] = [
  ['prefix of both names', prefixQueries, 98],
  ['one typo per name', typoQueries, 90],
  ['other script', transliteratedQueries, 95],
  ['last digits and a name', phoneQueries, 98],
  ['inside an id', insideIdQueries, 98],
  ['first letters', firstLetterQueries, null],
];

const built = (summaries: readonly PatientSummary[]): PatientIndex => {
  const index = createPatientIndex();
  for (const summary of summaries) index.put(summary);
  return index;
};

const share = (sorted: readonly number[], at: number): number => sorted[Math.floor(sorted.length * at)] ?? 0;

const timed = <T>(work: () => T): readonly [T, number] => {
  const from = performance.now();
  const result = work();
  return [result, performance.now() - from];
};

const SYLLABLES = 'ba do ki ra sen tou ma li gu zo ne fa chi wa ye mbo han mu sa te'.split(' ');

/** Nearly every name its own: many more distinct words than any real list, which is what the index pays for. */
const withRareNames = (patients: readonly GeneratedPatient[]): readonly GeneratedPatient[] => {
  const random = seededRandom(3);
  const syllable = () => SYLLABLES[Math.floor(random() * SYLLABLES.length)];
  const name = () => Array.from({ length: 2 + Math.floor(random() * 3) }, syllable).join('');
  return patients.map((patient) => ({ ...patient, givenName: name(), familyName: name() }));
};

const rareLines = (): BenchLine[] => {
  const patients = withRareNames(aPatientList(50, 50_000));
  const index = built(patients.map(summaryOf));
  const drawn = [...prefixQueries(patients, 8, QUERIES), ...typoQueries(patients, 8, QUERIES)];
  for (const { text } of drawn.slice(0, 50)) index.search(text, LIMIT);
  const ms = drawn.map(({ text }) => timed(() => index.search(text, LIMIT))[1]).sort((a, b) => a - b);
  const what = '50k patients with rare names:';
  return [
    { budget: 'P8', what: `${what} memory`, value: Math.round(index.byteLength() / 1e4) / 100, unit: 'MB', most: 40 },
    { budget: 'P8', what: `${what} p95`, value: Math.round(share(ms, 0.95) * 100) / 100, unit: 'ms', most: 20 },
  ];
};

const linesOf = (size: number, msBudget: number): BenchLine[] => {
  const patients = aPatientList(50, size);
  const summaries = patients.map(summaryOf);
  const label = `${size / 1000}k patients`;
  const line = (
    what: string,
    value: number,
    unit: string,
    limits: { most?: number; least?: number } = {},
  ): BenchLine => ({
    budget: 'P8',
    what: `${label}: ${what}`,
    value: Math.round(value * 100) / 100,
    unit,
    ...limits,
  });
  const [index, buildMs] = timed(() => built(summaries));
  const bytes = index.save();
  const [loaded, loadMs] = timed(() => loadPatientIndex(bytes));
  if (!loaded) throw new Error('the saved index could not be read');
  const [, firstMs] = timed(() => loaded.search('moh', LIMIT));
  const lines = [
    line('build', buildMs, 'ms'),
    line('saved', bytes.length / 1e6, 'MB'),
    line('memory', index.byteLength() / 1e6, 'MB', size === 50_000 ? { most: 40 } : {}),
    line('load', loadMs, 'ms'),
    line('first search after loading', firstMs, 'ms'),
  ];
  const all: number[] = [];
  for (const [name, queries, least] of SETS) {
    const drawn = queries(patients, 8, QUERIES);
    for (const { text } of drawn.slice(0, 20)) loaded.search(text, LIMIT);
    const answers = drawn.map(({ text }) => timed(() => loaded.search(text, LIMIT)));
    const found = drawn.filter(({ meant }, i) => answers[i]?.[0].some(({ id }) => id === meant.id)).length;
    const ms = answers.map(([, time]) => time).sort((a, b) => a - b);
    all.push(...ms);
    lines.push(line(`${name}, p50`, share(ms, 0.5), 'ms'), line(`${name}, p95`, share(ms, 0.95), 'ms'));
    if (least !== null) lines.push(line(`${name}, recall in ${LIMIT}`, (found / drawn.length) * 100, '%', { least }));
  }
  all.sort((a, b) => a - b);
  lines.push(line('all queries, p95', share(all, 0.95), 'ms', { most: msBudget }));
  return lines;
};

/** Search in the index of the phone's worker, 50k and 100k patients. */
export const run = (): BenchLine[] => [...linesOf(50_000, 20), ...linesOf(100_000, 35), ...rareLines()];
