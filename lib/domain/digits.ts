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
