import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../db/postgres/embedded.ts';

const opener = new URL('../scenario/open-embedded.ts', import.meta.url).pathname;
let dataDir: string;
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hikma-embedded-'));
  // mkdtemp makes a folder only its maker may enter; a checkout is usually open to walk through.
  await chmod(dataDir, 0o755);
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await (await openEmbedded(dataDir)).stop();
  await rm(dataDir, { recursive: true });
});

/** A Node process that opens the database, prints what it got and stays. */
async function aServer(): Promise<{ child: ChildProcess; url: string; adopted: boolean }> {
  const child = spawn(process.execPath, [opener, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, ...JSON.parse(line.toString()) };
}

async function kill9(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const result = await client.query(text);
  await client.end();
  return result.rows;
}

const pidFile = () => join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
const postmaster = async () => Number((await readFile(pidFile(), 'utf8')).split('\n')[0]);

test('after kill -9 of the server the running database is adopted, twice, with what was written', async () => {
  const first = await aServer();
  expect(first.adopted).toBe(false);
  await ask(first.url, 'create table kept (id int); insert into kept values (7)');
  await kill9(first.child);

  const second = await aServer();
  expect(second).toMatchObject({ adopted: true, url: first.url });
  await kill9(second.child);

  const third = await openEmbedded(dataDir);
  expect(third.adopted).toBe(true);
  expect(await ask(third.url, 'select id from kept')).toEqual([{ id: 7 }]);
  await third.stop();
  await expect(stat(pidFile())).rejects.toThrow('ENOENT');
});

test('after kill -9 of server and database it starts again, and no row is lost', async () => {
  const first = await aServer();
  await ask(first.url, 'create table kept (id int); insert into kept values (7)');
  const pid = await postmaster();
  await kill9(first.child);
  process.kill(pid, 'SIGKILL');

  const again = await openEmbedded(dataDir);
  expect(again.adopted).toBe(false);
  expect(await ask(again.url, 'select id from kept')).toEqual([{ id: 7 }]);
});

test('a pid file that names a living stranger is moved aside', async () => {
  const first = await openEmbedded(dataDir);
  const text = await readFile(pidFile(), 'utf8');
  await first.stop();
  await writeFile(pidFile(), text.replace(/^\d+/, String(process.pid)));

  const again = await openEmbedded(dataDir);
  expect(again.adopted).toBe(false);
  expect(await postmaster()).not.toBe(process.pid);
});

test('a database that hangs is waited for, then adopted', async () => {
  const first = await aServer();
  const pid = await postmaster();
  await kill9(first.child);
  process.kill(pid, 'SIGSTOP');
  const opening = openEmbedded(dataDir);
  await expect
    .poll(() =>
      stat(join(dataDir, 'postgres', 'start.lock')).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  process.kill(pid, 'SIGCONT');
  expect((await opening).adopted).toBe(true);
});

test('two servers opening at once share one database', async () => {
  const [one, two] = await Promise.all([aServer(), aServer()]);
  expect(one.url).toBe(two.url);
  expect([one.adopted, two.adopted].sort()).toEqual([false, true]);
});

test('the password is readable by its owner only, and the database listens on this machine only', async () => {
  const opened = await openEmbedded(dataDir);
  expect((await stat(join(dataDir, 'secrets'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(dataDir, 'secrets', 'postgres-password'))).mode & 0o777).toBe(0o600);
  const settings = await ask(
    opened.url,
    "select name, setting from pg_settings where name in ('listen_addresses', 'data_checksums', 'fsync') order by name",
  );
  expect(settings.map((row) => (row as { setting: string }).setting)).toEqual(['on', 'on', '127.0.0.1']);
});

test('a data folder that only root may enter works too', async () => {
  await chmod(dataDir, 0o700);
  const opened = await openEmbedded(dataDir);
  expect(await ask(opened.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});
