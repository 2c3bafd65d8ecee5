import type { Mutant } from './mutant.ts';
import { MUTANTS_OF_MERGING } from './mutants-of-merging.ts';
import { MUTANTS_OF_PHONES } from './mutants-of-phones.ts';
import { MUTANTS_OF_UPSTREAMS } from './mutants-of-upstreams.ts';

/** Every rule that is broken to see a test go red. */
export const MUTANTS: readonly Mutant[] = [...MUTANTS_OF_MERGING, ...MUTANTS_OF_PHONES, ...MUTANTS_OF_UPSTREAMS];

/** The source with the mutant in it. Throws when its text is not there exactly once: it speaks of other code. */
export function mutate(source: string, { name, file, text, instead }: Mutant): string {
  const from = source.indexOf(text);
  if (from < 0 || source.indexOf(text, from + 1) >= 0)
    throw new Error(`mutant "${name}": its text is not in ${file} exactly once`);
  return source.slice(0, from) + instead + source.slice(from + text.length);
}
