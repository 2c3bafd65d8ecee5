import { asciiDigits } from '../text/digits.ts';

/** Letters that decomposition leaves apart although people type one for the other. */
const SAME_LETTER: Readonly<Record<string, string>> = {
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ې: 'ي',
  ة: 'ه',
  ە: 'ه',
  ہ: 'ه',
  ھ: 'ه',
  ک: 'ك',
  گ: 'ك',
  ء: '',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ŋ: 'n',
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
};
const ODD_LETTER = new RegExp(`[${Object.keys(SAME_LETTER).join('')}]`, 'gu');

/**
 * Text as search compares it: lower case, without marks, hamza seats, tatweel and apostrophes, one form of alef, ya and
 * ta marbuta, ASCII digits, every other sign a single blank. Bump `INDEX_FORMAT` when its result changes.
 */
export const fold = (text: string): string => (PLAIN.test(text) ? foldPlain(text) : foldAny(text));

// Half of all names and nearly all numbers are plain ASCII; this is five times as fast and must say the same.
const PLAIN = /^[\u0020-\u007e]*$/;
const foldPlain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/['`]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const foldAny = (text: string): string =>
  asciiDigits(text.normalize('NFKD'))
    .toLowerCase()
    .replace(/[\p{M}\p{Cf}ـ'’‘ʼʿʾ`´]/gu, '')
    .replace(ODD_LETTER, (letter) => SAME_LETTER[letter] ?? letter)
    .replace(/[^\p{L}\p{Nd}]+/gu, ' ')
    .trim();

/** The folded words of a text, in order. */
export const foldedWords = (text: string): string[] => {
  const folded = fold(text);
  return folded === '' ? [] : folded.split(' ');
};
