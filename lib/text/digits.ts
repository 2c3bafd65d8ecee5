/** Code points of the zero of each decimal digit block people type with; the nine others follow it (Unicode 16, general category Nd). */
const zeros = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0,
  0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0xff10,
];

/** Digits of any script as ASCII; everything else stays. */
export function normaliseDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) ?? 0;
    const zero = zeros.find((start) => point >= start && point <= start + 9);
    return zero === undefined ? digit : String(point - zero);
  });
}

/**
 * A typed number as ASCII text (`٣٨٫٥` → `38.5`), null when it is not a number. One comma or point is a decimal mark; a mark
 * that could be either a decimal or a group (`1,000`) is refused rather than guessed: a guess could be a thousandfold dose.
 */
export function normaliseNumber(text: string): string | null {
  const plain = normaliseDigits(text)
    .replace(/[\s\u200e\u200f\u061c]/gu, '')
    .replace(/[\u066b,]/gu, '.')
    .replace(/[\u2212\u2013]/gu, '-');
  if (/^-?[1-9]\d{0,2}\.\d{3}$/.test(plain) && /,/.test(text)) return null;
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(plain) ? plain.replace(/\.$/, '') : null;
}
