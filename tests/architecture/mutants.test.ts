import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { MUTANTS, mutate } from '../mutants/mutants.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the list of broken rules (npm run test:mutants)', () => {
  it('names each once', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('%s', (_, mutant) => {
    const mutated = mutate(read(mutant.file), mutant);
    expect(mutated).not.toBe(read(mutant.file));
    const { diagnostics } = ts.transpileModule(mutated, { reportDiagnostics: true });
    expect(diagnostics?.map((one) => one.messageText)).toEqual([]);
    expect(read('lib/replication/README.md')).toContain(`| ${mutant.rule} |`);
    if (mutant.caughtBy !== undefined) expect(existsSync(join(root, mutant.caughtBy.file))).toBe(true);
  });
});
