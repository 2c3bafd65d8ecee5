const DIGIT = /\p{Nd}/u;
const BEYOND_ASCII = /[^\u0020-\u007e]/;

/**
 * The text with every decimal digit of any script (Arabic-Indic, Persian, Devanagari …) written as ASCII 0–9.
 * All other characters are untouched.
 */
export const asciiDigits = (text: string): string =>
  !BEYOND_ASCII.test(text)
    ? text
    : text.replace(/\p{Nd}/gu, (digit) => {
        const point = digit.codePointAt(0) ?? 0;
        if (point <= 0x39) return digit;
        // Unicode keeps each script's ten digits together and in order, so the distance to the run's start is the value.
        let before = 0;
        while (before < 50 && DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
        return String(before % 10);
      });

/**
 * A typed number as ASCII text (`٣٨٫٥` → `38.5`), null when it is not a number. One comma or point is a decimal mark; a mark
 * that could be either a decimal or a group (`1,000`) is refused rather than guessed: a guess could be a thousandfold dose.
 */
export function normaliseNumber(text: string): string | null {
  const plain = asciiDigits(text)
    .replace(/[\s\u200e\u200f\u061c]/gu, '')
    .replace(/[\u066b,]/gu, '.')
    .replace(/[\u2212\u2013]/gu, '-');
  if (/^-?[1-9]\d{0,2}\.\d{3}$/.test(plain) && /,/.test(text)) return null;
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(plain) ? plain.replace(/\.$/, '') : null;
}
