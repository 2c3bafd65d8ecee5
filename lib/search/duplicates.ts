import { birthEvidence } from './birth-evidence.ts';
import { DUPLICATE_POINTS, type DuplicateReason } from './duplicate-points.ts';
import { fold } from './fold.ts';
import { nameEvidence, nameLikeness } from './name-evidence.ts';
import type { PatientIndex } from './patient-index.ts';
import type { PatientSummary } from './patient-summary.ts';

export type LikelyDuplicate = {
  readonly id: string;
  /** Points, see `DUPLICATE_POINTS`; at least `DUPLICATE_THRESHOLD` unless an identifier is the same. */
  readonly score: number;
  readonly strong: boolean;
  readonly reasons: readonly DuplicateReason[];
};

/** What is compared. `id` is the own id when an existing patient is checked. */
export type DuplicateCandidate = Omit<PatientSummary, 'id' | 'cardCodes' | 'extra'> & { readonly id?: string };

/** Shown from here. Equal names (45), same sex (5) and one more sign. */
export const DUPLICATE_THRESHOLD = 55;
/** Equal or nearly equal names and the same birth date. */
export const STRONG_DUPLICATE = 70;

type Evidence = { readonly points: number; readonly reasons: readonly DuplicateReason[] };
const NONE: Evidence = { points: 0, reasons: [] };

const phoneEnd = (phone: string): string => fold(phone).replace(/\D/g, '').slice(-8);
const sharesOne = (a: readonly string[], b: readonly string[], shortest: number): boolean => {
  const known = new Set(a.filter((text) => text.length >= shortest));
  return b.some((text) => known.has(text));
};

const sexEvidence = (a: string, b: string): number => {
  if (a === 'unknown' || b === 'unknown') return 0;
  return a === b ? DUPLICATE_POINTS.sameSex : DUPLICATE_POINTS.otherSex;
};

const when = (holds: boolean, points: number, reason: DuplicateReason): Evidence =>
  holds ? { points, reasons: [reason] } : NONE;

const evidenceOf = (a: DuplicateCandidate, b: PatientSummary): readonly Evidence[] => {
  const ids = (list: readonly string[]) => list.map((text) => fold(text).replaceAll(' ', ''));
  const guardians = a.guardianName && b.guardianName ? nameLikeness(a.guardianName, b.guardianName) : 0;
  const p = DUPLICATE_POINTS;
  return [
    nameEvidence(a, b),
    birthEvidence(a, b),
    { points: sexEvidence(a.sex, b.sex), reasons: [] },
    when(sharesOne(a.phones.map(phoneEnd), b.phones.map(phoneEnd), 6), p.samePhone, 'same-phone'),
    when(sharesOne(ids(a.ids), ids(b.ids), 4), p.sameId, 'same-id'),
    when(sharesOne(a.places.map(fold), b.places.map(fold), 2), p.samePlace, 'same-place'),
    when(guardians >= 0.85, p.sameGuardian, 'same-guardian'),
  ];
};

/** How likely one known patient is the candidate; null when it is not worth showing. */
export const compareForDuplicate = (candidate: DuplicateCandidate, other: PatientSummary): LikelyDuplicate | null => {
  const evidence = evidenceOf(candidate, other);
  const score = Math.round(evidence.reduce((sum, { points }) => sum + points, 0));
  const reasons = evidence.flatMap((part) => part.reasons);
  // An identifier is a promise of uniqueness: its second owner is always shown.
  if (score < DUPLICATE_THRESHOLD && !reasons.includes('same-id')) return null;
  return { id: other.id, score, strong: score >= STRONG_DUPLICATE, reasons };
};

/** The likely duplicates among summaries, best first. `settled` are ids once marked "not a duplicate". */
export const likelyDuplicates = (
  candidate: DuplicateCandidate,
  summaries: Iterable<PatientSummary>,
  options: { readonly settled?: ReadonlySet<string>; readonly limit?: number } = {},
): LikelyDuplicate[] => {
  const found: LikelyDuplicate[] = [];
  for (const summary of summaries) {
    if (summary.id === candidate.id || options.settled?.has(summary.id)) continue;
    const likely = compareForDuplicate(candidate, summary);
    if (likely) found.push(likely);
  }
  return found.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, options.limit ?? 5);
};

/** Whom an index would bring up by name, phone or identifier: the few worth comparing among thousands. */
export const idsWorthComparing = (candidate: DuplicateCandidate, index: PatientIndex): ReadonlySet<string> => {
  const name = [candidate.givenName, candidate.familyName].filter((part) => part !== null).join(' ');
  const queries = [name, ...candidate.phones.map(phoneEnd), ...candidate.ids];
  return new Set(queries.flatMap((query) => index.search(query, 200).map(({ id }) => id)));
};
