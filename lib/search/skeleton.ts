/**
 * How a name sounds, for Latin and Arabic script alike: the sequence of its consonant classes. Mohammed, Muhammad,
 * Mohamed and محمد are all `mhmd`. Vowels, ع, and و/ي/w/y inside a word are left out because spelling them differs
 * from person to person. Letters that two traditions write differently give a second reading: ج is j in Khartoum and g
 * in Cairo, ق is q or g, ذ is dh or z.
 */

type Sound = { readonly main: string; readonly other?: string };

/** Longest first. A capital letter keeps clusters apart from letters: X = kh, C = sh, G = gh. */
const LATIN: readonly (readonly [string, Sound])[] = [
  ['tch', { main: 'C' }],
  ['sch', { main: 'C' }],
  ['kh', { main: 'X', other: 'k' }],
  ['sh', { main: 'C', other: 'sh' }],
  ['ch', { main: 'C' }],
  ['gh', { main: 'G', other: 'k' }],
  ['th', { main: 's', other: 'th' }],
  ['dh', { main: 'd', other: 'z' }],
  ['dj', { main: 'j' }],
  ['ph', { main: 'f' }],
  ['qu', { main: 'k' }],
  ['ck', { main: 'k' }],
  ['ce', { main: 's' }],
  ['ci', { main: 's' }],
  ['cy', { main: 's' }],
  ['b', { main: 'b' }],
  ['c', { main: 'k' }],
  ['d', { main: 'd' }],
  ['f', { main: 'f' }],
  ['g', { main: 'j', other: 'k' }],
  ['h', { main: 'h' }],
  ['j', { main: 'j' }],
  ['k', { main: 'k' }],
  ['l', { main: 'l' }],
  ['m', { main: 'm' }],
  ['n', { main: 'n' }],
  ['p', { main: 'b' }],
  ['q', { main: 'k' }],
  ['r', { main: 'r' }],
  ['s', { main: 's' }],
  ['t', { main: 't' }],
  ['v', { main: 'f' }],
  ['x', { main: 'ks' }],
  ['z', { main: 'z' }],
];

const ARABIC: Readonly<Record<string, Sound>> = {
  ب: { main: 'b' },
  پ: { main: 'b' },
  ت: { main: 't' },
  ث: { main: 's', other: 't' },
  ج: { main: 'j' },
  چ: { main: 'C' },
  ح: { main: 'h' },
  خ: { main: 'X', other: 'k' },
  د: { main: 'd' },
  ذ: { main: 'd', other: 'z' },
  ر: { main: 'r' },
  ز: { main: 'z' },
  ژ: { main: 'j' },
  س: { main: 's' },
  ش: { main: 'C' },
  ص: { main: 's' },
  ض: { main: 'd', other: 'z' },
  ط: { main: 't' },
  ظ: { main: 'z', other: 'd' },
  غ: { main: 'G', other: 'k' },
  ف: { main: 'f' },
  ڤ: { main: 'f' },
  ق: { main: 'k' },
  ك: { main: 'k' },
  ل: { main: 'l' },
  م: { main: 'm' },
  ن: { main: 'n' },
  ه: { main: 'h' },
};

const VOWELS: Readonly<Record<string, string>> = {
  a: 'a',
  e: 'y',
  i: 'y',
  y: 'y',
  o: 'w',
  u: 'w',
  w: 'w',
  ا: 'a',
  ع: 'a',
  و: 'w',
  ي: 'y',
};

export type Sounding = {
  /** Consonant classes, the usual reading and the other one (often the same). */
  readonly skeletons: readonly [string, string];
  /** Usual reading with vowels reduced to a, w, y: tells Mahmoud from Mohammed. */
  readonly voiced: string;
};

const clusterAt = (word: string, at: number): readonly [number, Sound] | null => {
  const letter = word[at] ?? '';
  const arabic = ARABIC[letter];
  if (arabic) return [1, arabic];
  for (const [spelling, sound] of LATIN) {
    // The vowel of ce, ci, cy is only looked at: it is still to be read.
    if (word.startsWith(spelling, at)) return [/^c[eiy]$/.test(spelling) ? 1 : spelling.length, sound];
  }
  return null;
};

/** w and y count where they begin a word: Walid, Yusuf, Ouarda. */
const glideAt = (word: string): readonly [number, string] => {
  if (/^(?:w|و)/.test(word)) return [1, 'w'];
  if (/^ou[aei]/.test(word)) return [2, 'w'];
  return /^(?:y|ي)/.test(word) ? [1, 'y'] : [0, ''];
};

/** How one folded word sounds. Letters of other scripts are left out; digits give no sound. */
export const soundOf = (word: string): Sounding => {
  const [skip, glide] = glideAt(word);
  let main = glide;
  let other = glide;
  let voiced = glide;
  let at = skip;
  while (at < word.length) {
    const letter = word[at] ?? '';
    const cluster = clusterAt(word, at);
    const isDoubledLatin = letter === word[at - 1] && /[a-z]/.test(letter) && at > skip;
    const isSilentEnd = at === word.length - 1 && at > 1 && /[hهح]/.test(letter);
    if (cluster && !isDoubledLatin && !isSilentEnd) {
      main += cluster[1].main;
      other += cluster[1].other ?? cluster[1].main;
      voiced += cluster[1].main;
    } else if (isSilentEnd || VOWELS[letter] !== undefined) {
      const vowel = isSilentEnd ? 'a' : (VOWELS[letter] ?? '');
      if (!voiced.endsWith(vowel)) voiced += vowel;
    }
    at += cluster && !isDoubledLatin ? cluster[0] : 1;
  }
  return { skeletons: [main, other], voiced };
};

const CLASSES = 'bCdfGhjklmnrstwXyz';
/** Consonants that fit a packed skeleton: five bits each, from the top of 30 bits. */
const PACKED_LENGTH = 6;

/** The first six consonants as one integer; 0 for none. A prefix of a skeleton is a prefix of the integer's bits. */
export const packSkeleton = (skeleton: string): number => {
  let packed = 0;
  for (let i = 0; i < PACKED_LENGTH; i += 1) {
    packed = (packed << 5) | (CLASSES.indexOf(skeleton[i] ?? ' ') + 1);
  }
  return packed;
};

/** How many bits a packed skeleton's first letters leave free on the right. */
export const packedShift = (skeleton: string): number => 5 * (PACKED_LENGTH - Math.min(PACKED_LENGTH, skeleton.length));
