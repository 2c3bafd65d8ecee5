import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A copy of what git knows of or would add, in a directory of its own. Its packages are those of the project. */
export async function copyProject(): Promise<string> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  for (const path of stdout.split('\0')) {
    if (path !== '') await cp(join(ROOT, path), join(copy, path)).catch(unlessGone);
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

export async function removeCopy(copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
}

/** Deleted, and git was not told yet. */
function unlessGone(fault: NodeJS.ErrnoException): void {
  if (fault.code !== 'ENOENT') throw fault;
}
