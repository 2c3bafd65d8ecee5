import { en, type LabelKey, type Labels } from './labels/en/en.ts';

const accented: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  y: 'ý',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
  S: 'Š',
  c: 'ç',
  n: 'ñ',
  s: 'š',
  z: 'ž',
};

/**
 * A language for tests: every label accented, a third longer, in brackets. Text on a screen without brackets is hard-coded;
 * a closing bracket that cannot be seen is cut off. ICU arguments are left alone.
 */
export function pseudoLabels(): Labels {
  const labels: Partial<Record<LabelKey, string>> = {};
  for (const key of Object.keys(en) as LabelKey[]) labels[key] = pseudoMessage(en[key]);
  return labels;
}

/** One message in pseudo-language. */
export function pseudoMessage(message: string): string {
  const padding = '·'.repeat(Math.ceil(message.length / 3));
  return `[${accent(message)}${padding}]`;
}

/** Accents the words outside ICU arguments: depth 0 is text, odd depths are arguments, even depths are the texts of a plural. */
function accent(message: string): string {
  let depth = 0;
  let result = '';
  for (const char of message) {
    if (char === '}') depth -= 1;
    result += depth % 2 === 0 ? (accented[char] ?? char) : char;
    if (char === '{') depth += 1;
  }
  return result;
}
