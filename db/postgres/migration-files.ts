import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Migration = { number: number; name: string; up: string; down: string; checksum: string };

export const migrationsFolder = join(import.meta.dirname, '..', 'migrations');

/** All migrations of a folder by number. Throws a sentence for a file that is misnamed, doubled or has no section. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(
    names.map(async (name) => parseMigration(name, await readFile(join(folder, name), 'utf8'))),
  );
  migrations.forEach((migration, index) => {
    if (migrations[index - 1]?.number === migration.number) {
      throw new Error(`Two migrations have the number ${migration.number}.`);
    }
  });
  return migrations;
}

/** The checksum covers the up section only: correcting a down section does not make an applied migration foreign. */
export function parseMigration(fileName: string, text: string): Migration {
  const named = /^(\d{3})_([a-z0-9_]+)\.sql$/.exec(fileName);
  if (!named) throw new Error(`${fileName} is not named like 001_name.sql.`);
  const sections = /^--[ \t]*up[ \t]*\n(.*)^--[ \t]*down[ \t]*\n(.*)$/ms.exec(text.replaceAll('\r\n', '\n'));
  if (!sections) throw new Error(`${fileName} needs a line "-- up" and after it a line "-- down".`);
  const [, up = '', down = ''] = sections;
  const checksum = createHash('sha256').update(up.trim()).digest('hex');
  return { number: Number(named[1]), name: named[2] as string, up, down, checksum };
}
