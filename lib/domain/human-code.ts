import { asciiDigits } from '../text/digits.ts';
import { isUuid } from './identity.ts';

// The quasigroup of order 10 of H. M. Damm, "Total anti-symmetrische Quasigruppen" (Marburg, 2004): finds every single
// wrong digit and every swap of neighbours.
const DAMM = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;

const dammOf = (digits: string): number => {
  let interim = 0;
  for (const digit of digits) interim = Number(DAMM[interim]?.[Number(digit)]);
  return interim;
};

/** The ten digits that people read out for a patient or card: the UUID's last 62 bits modulo 10⁹ and a check digit. */
export const humanCode = (uuid: string): string => {
  if (!isUuid(uuid)) throw new TypeError('Not a lower-case UUID');
  const last62 = BigInt(`0x${uuid.slice(19).replace('-', '')}`) & 0x3fff_ffff_ffff_ffffn;
  const nine = String(last62 % 1_000_000_000n).padStart(9, '0');
  return `${nine}${dammOf(nine)}`;
};

/** `'1135747488'` as it is shown and printed: `'113 574 748 8'`. */
export const formatHumanCode = (code: string): string =>
  [code.slice(0, 3), code.slice(3, 6), code.slice(6, 9), code.slice(9)].join(' ');

/** Ten digits in any script, with or without spaces and dashes, as a code; null when its check digit is wrong. */
export const readHumanCode = (text: string): string | null => {
  const digits = asciiDigits(text).replace(/[\s\p{Pd}\p{Cf}.]/gu, '');
  return /^\d{10}$/.test(digits) && dammOf(digits) === 0 ? digits : null;
};

export type CardText = { readonly kind: 'id'; readonly id: string } | { readonly kind: 'code'; readonly code: string };

const CARD_LINK = /^https?:\/\/[^/?#]+\/p\/([^/?#]+)\/?(?:[?#].*)?$/i;

/**
 * What a scanned or typed card says: the link of our cards (`https://<origin>/p/<uuid>`, whatever the origin), a bare
 * UUID of another system's card, or a human code. Null for anything else.
 */
export const readCardText = (text: string): CardText | null => {
  const trimmed = text.trim();
  const id = (CARD_LINK.exec(trimmed)?.[1] ?? trimmed).toLowerCase();
  if (isUuid(id)) return { kind: 'id', id };
  const code = readHumanCode(trimmed);
  return code === null ? null : { kind: 'code', code };
};
