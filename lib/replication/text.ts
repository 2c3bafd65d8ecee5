/** NUL cannot be stored by PostgreSQL and unpaired surrogates are not text; both are refused everywhere. */
const BROKEN_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Can this text be stored and shown by every replica? */
export function isWholeText(text: string): boolean {
  return !text.includes('\0') && !BROKEN_SURROGATES.test(text);
}

/** Letters (code points) of a text: what lengths are counted in. */
export function lettersIn(text: string): number {
  let letters = 0;
  for (const _ of text) letters += 1;
  return letters;
}

/** Bytes of a text in UTF-8: what sizes are counted in. Letters of most scripts take two or three. */
export function bytesIn(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Of a surrogate pair each half counts two.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
