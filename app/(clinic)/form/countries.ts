import type { Language } from '../../../lib/text/languages.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** User-assigned codes that browsers name all the same, and groups of countries. */
const NOT_COUNTRIES: ReadonlySet<string> = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);

/** ISO 3166 codes that the browser knows a name for, by name. */
export function countries(language: Language): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const known = codes.flatMap((code) => {
    const label = NOT_COUNTRIES.has(code) ? undefined : names.of(code);
    return label === undefined ? [] : [{ value: code, label }];
  });
  return known.sort((left, right) => left.label.localeCompare(right.label, language));
}
