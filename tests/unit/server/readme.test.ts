import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withEnvironmentTable } from '../../../app/server/environment-markdown.ts';

const root = new URL('../../..', import.meta.url).pathname;
const readme = join(root, 'README.md');

describe('README.md', () => {
  it('has the table of variables as the program reads them (README_WRITE=1 writes it)', () => {
    const wanted = withEnvironmentTable(readFileSync(readme, 'utf8'));
    if (process.env.README_WRITE === '1') writeFileSync(readme, wanted);
    expect(readFileSync(readme, 'utf8')).toBe(wanted);
  });

  it('is at most 250 lines', () => {
    expect(readFileSync(readme, 'utf8').split('\n').length).toBeLessThanOrEqual(250);
  });
});

describe('links and paths named in READMEs', () => {
  const folders = ['', 'lib/replication', 'lib/search', 'db', 'tests'];
  it.each(folders)('exist: %s/README.md', (folder) => {
    const text = readFileSync(join(root, folder, 'README.md'), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => join(root, folder, match[1]!));
    const paths = [...text.matchAll(/`((?:app|lib|db|workers|tests)\/[\w()./-]+)`/g)].map((match) =>
      join(root, match[1]!),
    );
    const missing = [...links, ...paths].filter((path) => !existsSync(path));
    expect(missing.map((path) => path.slice(root.length))).toEqual([]);
  });
});
