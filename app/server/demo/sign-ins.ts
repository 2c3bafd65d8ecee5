import { randomInt } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLINICS, STAFF, type Username } from './staff.ts';

/** None is taken for another when it is read from a screen. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 12 characters of 31: about 59 bits. */
function newPassword(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group()].join('-');
}

export function newPasswords(): Record<Username, string> {
  const made = STAFF.map(({ username }) => [username, newPassword()] as const);
  return Object.fromEntries(made) as Record<Username, string>;
}

/** One line per user: name, password, role, clinic. */
export function signInTable(passwords: Readonly<Record<Username, string>>): string {
  const rows = STAFF.map(({ username, role, clinicId }) => {
    const clinic = CLINICS.find(({ id }) => id === clinicId)?.name ?? 'all clinics';
    return [username.padEnd(10), passwords[username], role.padEnd(10), clinic].join('  ');
  });
  return `${rows.join('\n')}\n`;
}

const fileIn = (dataDir: string) => join(dataDir, 'demo-signins.txt');

/** Readable by this user only, whoever could read an older one. */
export async function keepSignIns(dataDir: string, table: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
  await writeFile(fileIn(dataDir), table, { mode: 0o600, flag: 'wx' });
}

/** Null when there is no such file. */
export async function readSignIns(dataDir: string): Promise<string | null> {
  try {
    return await readFile(fileIn(dataDir), 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return null;
    throw fault;
  }
}
