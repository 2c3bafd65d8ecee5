import { DUPLICATE_POINTS, type DuplicateReason } from './duplicate-points.ts';
import { editDistance, likeness } from './edit-distance.ts';
import { nameWords, wordForms } from './name-words.ts';
import { soundOf } from './skeleton.ts';

const soundLikeness = (a: string, b: string): number => {
  const [heardA, heardB] = [soundOf(a), soundOf(b)];
  const same = heardA.skeletons.some((skeleton) => skeleton !== '' && heardB.skeletons.includes(skeleton));
  if (!same) return 0;
  const most = Math.max(heardA.voiced.length, heardB.voiced.length);
  return 0.97 - 0.3 * (editDistance(heardA.voiced, heardB.voiced, most) / Math.max(1, most));
};

const wordLikeness = (a: string, b: string): number => {
  if (a === b) return 1;
  const letters = likeness(a, b);
  return Math.max(letters >= 0.7 ? letters : 0, soundLikeness(a, b));
};

const formLikeness = (a: string, b: string): number =>
  Math.max(...wordForms(a).flatMap((x) => wordForms(b).map((y) => wordLikeness(x, y))));

/** Likeness of two names in any scripts, 0–1: every word of the shorter one is looked for in the other. */
export const nameLikeness = (a: string, b: string): number => {
  const [few = [], many = []] = [nameWords(a), nameWords(b)].sort((x, y) => x.length - y.length);
  if (few.length === 0) return 0;
  const sum = few.reduce((total, word) => total + Math.max(...many.map((other) => formLikeness(word, other))), 0);
  // A word that only one of them has (a second given name) says little, but not nothing.
  return (sum / few.length) * (1 - 0.03 * Math.min(2, many.length - few.length));
};

type Named = { readonly givenName: string | null; readonly familyName: string | null };

/** Below this a name is another name: أمين and أمينة are 0.9, Karim and Salim 0.6. */
const OTHER_NAME = 0.75;

/** Names as written and with given and family swapped, whichever fits better. */
export const nameEvidence = (a: Named, b: Named): { points: number; reasons: readonly DuplicateReason[] } => {
  const like = (x: string | null, y: string | null) => (x === null || y === null ? null : nameLikeness(x, y));
  const straight = weighed(like(a.givenName, b.givenName), like(a.familyName, b.familyName));
  const crossed = weighed(like(a.givenName, b.familyName), like(a.familyName, b.givenName));
  const swapped = crossed.likeness > straight.likeness + 0.1 && crossed.bothKnown;
  const best = swapped ? crossed : straight;
  if (best.weakest < OTHER_NAME) return { points: 25 * best.likeness + DUPLICATE_POINTS.otherGivenName, reasons: [] };
  const reason: DuplicateReason = swapped ? 'names-swapped' : best.weakest >= 0.995 ? 'same-name' : 'similar-name';
  // One name alone is worth half of two.
  const share = best.bothKnown ? 1 : 0.6;
  return { points: DUPLICATE_POINTS.names * best.likeness * share, reasons: [reason] };
};

const weighed = (given: number | null, family: number | null) => {
  const known = [given, family].filter((value) => value !== null);
  const sum = known.reduce((total, value) => total + value, 0);
  return {
    likeness: known.length === 0 ? 0 : sum / known.length,
    weakest: known.length === 0 ? 0 : Math.min(...known),
    bothKnown: known.length === 2,
  };
};
