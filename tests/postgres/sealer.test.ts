import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSealing } from '../../app/server/sealing.ts';
import { readSealedHeads } from '../../db/postgres/seals/read-sealed-heads.ts';
import { ensureSealKey, newSealKey, readSealKey, type SealKey } from '../../db/postgres/seals/seal-key.ts';
import { sealLog } from '../../db/postgres/seals/seal-log.ts';
import { type Sealer, type SealerEvent, startSealer } from '../../db/postgres/seals/sealer.ts';
import { verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { aPostgresClinic } from '../scenario/postgres-clinic.ts';
import { pushMore } from '../scenario/sealed-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

const HOUR_MS = 3_600_000;
const key = newSealKey();
let database: TestDatabase;
let clinic: { clinicId: string; userId: string };
let sealers: Sealer[] = [];

beforeAll(async () => {
  database = await aDatabase();
  clinic = (await aPostgresClinic(database.pool)).clinics[0]!;
  await sealLog(database.pool, key);
});
afterEach(async () => {
  await Promise.all(sealers.map((one) => one.stop()));
  sealers = [];
});
afterAll(() => database.drop());

/** A sealer, and what it tells as it comes: `next` waits for an event of that name, told or still to be told. */
function aSealer(everyMs = HOUR_MS, own: SealKey = key) {
  const told: SealerEvent[] = [];
  let wake = () => undefined as undefined;
  const sealer = startSealer({
    ...{ url: database.url, key: own, everyMs },
    tell: (event) => {
      told.push(event);
      wake();
    },
  });
  sealers.push(sealer);
  const next = async (name: SealerEvent['event']) => {
    for (;;) {
      const at = told.findIndex(({ event }) => event === name);
      if (at >= 0) return told.splice(0, at + 1).at(-1)!;
      await new Promise<void>((resolve) => {
        wake = () => void resolve() as undefined;
      });
    }
  };
  return { ...sealer, told, next };
}

const trail = () => `${clinic.clinicId}:trail`;
const placeOf = async () => (await database.pool.query('select pos from scopes where id = $1', [trail()])).rows[0]?.pos;
const sealedTo = async () => (await readSealedHeads(database.pool, [trail()]))[trail()]?.pos;
const sealCount = async () => (await database.pool.query('select count(*)::int as n from seals')).rows[0].n;

async function backends(): Promise<number[]> {
  const found = await database.pool.query(
    `select pid from pg_stat_activity where application_name = 'hikma sealer' and datname = current_database()`,
  );
  return found.rows.map((row) => row.pid);
}

async function expectSound() {
  const findings: unknown[] = [];
  await verifyDatabase(database.pool, { key, unsealedMinutes: 0 }, (finding) => findings.push(finding));
  expect(findings).toEqual([]);
}

describe('sealing', () => {
  it('what is new is sealed when it is woken; with nothing new nothing is written', async () => {
    const sealer = aSealer();
    await sealer.next('sealerElected');
    await pushMore(database.pool, clinic, 2);
    sealer.wake();
    expect(await sealer.next('sealed')).toEqual({ event: 'sealed', count: 4 });
    expect(await sealedTo()).toBe(await placeOf());
    const seals = await sealCount();
    sealer.wake();
    await sealer.stop();
    expect(await sealCount()).toBe(seals);
    expect(sealer.told).toEqual([]);
  });

  it('what is new is sealed at its next turn without being woken', async () => {
    const sealer = aSealer(20);
    await sealer.next('sealerElected');
    await pushMore(database.pool, clinic);
    await sealer.next('sealed');
    await sealer.stop();
    await expectSound();
  });

  it('stopping seals what is new, and ends the connection', async () => {
    const sealer = aSealer();
    await sealer.next('sealerElected');
    await pushMore(database.pool, clinic, 3);
    await sealer.stop();
    expect(await sealedTo()).toBe(await placeOf());
    expect(await backends()).toEqual([]);
    await expectSound();
  });

  it('while one seals another does not, not even at its own end', async () => {
    const first = aSealer();
    await first.next('sealerElected');
    const second = aSealer();
    await pushMore(database.pool, clinic);
    await second.stop();
    expect(second.told).toEqual([]);
    await first.stop();
    expect(await sealedTo()).toBe(await placeOf());
  });

  it('one of three seals; when it stops another takes over where it was', async () => {
    const three = [aSealer(20), aSealer(20), aSealer(20)];
    await Promise.race(three.map((one) => one.next('sealerElected')));
    await pushMore(database.pool, clinic, 2);
    const first = await Promise.race(three.map(async (one) => [await one.next('sealed'), one] as const));
    const others = three.filter((one) => one !== first[1]);
    expect(others.flatMap((one) => one.told)).toEqual([]);
    await first[1].stop();
    await pushMore(database.pool, clinic, 2);
    await Promise.race(others.map((one) => one.next('sealed')));
    await Promise.all(others.map((one) => one.stop()));
    await expectSound();
  });

  it('a cut connection is replaced, and what came meanwhile is sealed', async () => {
    const sealer = aSealer(20);
    await sealer.next('sealerElected');
    for (let round = 0; round < 3; round++) {
      await database.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [await backends()]);
      await pushMore(database.pool, clinic);
      await sealer.next('sealerLost');
      await sealer.next('sealerElected');
      await sealer.next('sealed');
    }
    await sealer.stop();
    await expectSound();
  });

  it('a database that cannot be reached is waited for; stopping does not wait for it', async () => {
    const told: SealerEvent[] = [];
    const heard = new Promise<void>((resolve) => {
      const url = Object.assign(new URL(database.url), { port: '1' }).href;
      const tell = (event: SealerEvent) => {
        told.push(event);
        if (told.length === 2) resolve();
      };
      sealers.push(startSealer({ url, key, everyMs: 20, tell }));
    });
    await heard;
    await sealers[0]!.stop();
    expect(told[0]).toEqual({ event: 'sealerLost', code: 'ECONNREFUSED' });
  });

  it('a server with another key than its peers seals nothing and leaves it to them', async () => {
    const stranger = aSealer(20, newSealKey());
    await stranger.next('sealerKeyForeign');
    await pushMore(database.pool, clinic);
    const right = aSealer(20);
    await right.next('sealed');
    await Promise.all([right.stop(), stranger.stop()]);
    expect(stranger.told.filter(({ event }) => event !== 'sealerKeyForeign')).toEqual([]);
    await expectSound();
  });

  it('a scope whose last seal somebody else wrote is not sealed further, and told once', async () => {
    await pushMore(database.pool, clinic);
    const before = await sealedTo();
    const at = 'where scope = (select number from scopes where id = $1) and pos = $2';
    const { signature } = (await database.pool.query(`select signature from seals ${at}`, [trail(), before])).rows[0];
    await database.pool.query(`update seals set signature = sha256('x') || sha256('y') ${at}`, [trail(), before]);
    const sealer = aSealer(10);
    expect(await sealer.next('sealForeign')).toEqual({ event: 'sealForeign', scope: trail() });
    for (let turn = 0; turn < 3; turn++) sealer.wake();
    await sealer.stop();
    expect(sealer.told).toEqual([]);
    expect(await sealedTo()).toBe(before);
    await database.pool.query(`update seals set signature = $3 ${at}`, [trail(), before, signature]);
    await sealLog(database.pool, key);
    await expectSound();
  });

  it('two that seal at once, as after a lost lock, write the same seals', async () => {
    await pushMore(database.pool, clinic, 30);
    await Promise.all([1, 2, 3].map(() => sealLog(database.pool, key, undefined, 4)));
    await expectSound();
  });

  it('many pushes while it seals: nothing is passed over', async () => {
    const sealer = aSealer(5);
    await Promise.all([1, 2, 3, 4].map(() => pushMore(database.pool, clinic, 15)));
    await sealer.stop();
    expect(await sealedTo()).toBe(await placeOf());
    await expectSound();
  });

  it('a place that is missing is told, and what follows is sealed', async () => {
    const from = await placeOf();
    await pushMore(database.pool, clinic, 2);
    await database.pool.query(
      'delete from changes where scope = (select number from scopes where id = $1) and pos = $2',
      [trail(), from + 2],
    );
    const sealed = await sealLog(database.pool, key);
    expect(sealed.gaps).toEqual([trail()]);
    expect(await sealedTo()).toBe(from + 4);
  });
});

describe('the key', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hikma-seal-key-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('is made once, whoever asks, for this user only, and stays', async () => {
    expect(await readSealKey(dataDir)).toBeNull();
    const keys = await Promise.all(Array.from({ length: 20 }, () => ensureSealKey(dataDir)));
    const signatures = keys.map((one) => one.sign('text').toString('hex'));
    expect(new Set(signatures).size).toBe(1);
    expect((await ensureSealKey(dataDir)).verify('text', keys[0]!.sign('text'))).toBe(true);
    expect((await ensureSealKey(dataDir)).verify('texts', keys[0]!.sign('text'))).toBe(false);
    const folder = join(dataDir, 'secrets');
    expect(await readdir(folder)).toEqual(['seal-key']);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'seal-key'))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be read is a fault, never a new key', async () => {
    const other = await mkdtemp(join(tmpdir(), 'hikma-seal-key-'));
    await ensureSealKey(other);
    await writeFile(join(other, 'secrets', 'seal-key'), 'torn');
    await expect(ensureSealKey(other)).rejects.toThrow();
    await rm(other, { recursive: true });
  });

  it('is what a server seals with from its start to its stop', async () => {
    const own = await aDatabase();
    const world = await aPostgresClinic(own.pool);
    const sealing = await startSealing(dataDir, own.url);
    await pushMore(own.pool, world.clinics[0]!);
    await sealing.close();
    const findings: unknown[] = [];
    const sealKey = await readSealKey(dataDir);
    await verifyDatabase(own.pool, { key: sealKey, unsealedMinutes: 0 }, (finding) => findings.push(finding));
    expect(findings).toEqual([]);
    expect(Object.keys(await readSealedHeads(own.pool, ['org']))).toEqual(['org']);
    await own.drop();
  });
});

describe('npm run db:verify', () => {
  const program = new URL('../../app/server/verify-command.ts', import.meta.url).pathname;
  let own: TestDatabase;
  let dataDir: string;
  let patient: { id: string; family_name: string };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hikma-verify-'));
    own = await aDatabase();
    const world = await aPostgresClinic(own.pool);
    await pushMore(own.pool, world.clinics[0]!);
    await sealLog(own.pool, await ensureSealKey(dataDir));
    patient = (await own.pool.query('select id, family_name from patients')).rows[0];
  });
  afterAll(async () => {
    await own.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const verify = async (...words: string[]) => {
    const env = { ...process.env, DATABASE_URL: own.url, DATA_DIR: dataDir };
    const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const said = text(child.stdout);
    const [code] = await once(child, 'close');
    return { code, said: await said };
  };

  it('says what it read, and that nothing differs', async () => {
    const { code, said } = await verify();
    expect(said).toMatch(
      /^Read \d+ changes and the sums of \d+ scopes, \d+ records, \d+ replicas\. Nothing differs\.\n$/,
    );
    expect(code).toBe(0);
  });

  it('names an edit in a sentence, or as JSON, without the value, and ends with 1', async () => {
    await own.pool.query(`update patients set family_name = 'Kowalski'`);
    const plain = await verify();
    expect(plain.code).toBe(1);
    expect(plain.said).toContain(
      `A stored record is not what its changes make of it. (collection patients, record ${patient.id}, key familyName)`,
    );
    expect(plain.said).toContain('Differing: 1.');
    const json = await verify('--json');
    const lines = json.said.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { finding: { kind: 'row-differs', recordId: patient.id, key: 'familyName' } },
      { verified: { findings: 1 } },
    ]);
    expect(json.code).toBe(1);
    expect(plain.said + json.said).not.toMatch(new RegExp(`Kowalski|${patient.family_name}`));
    await own.pool.query('update patients set family_name = $1', [patient.family_name]);
  });

  it('compares the heads that a device remembers', async () => {
    const head = (await readSealedHeads(own.pool, ['org'])).org!;
    const file = join(dataDir, 'heads.json');
    await writeFile(file, JSON.stringify([{ scope: 'org', ...head }]));
    expect((await verify('--heads', file)).code).toBe(0);
    await writeFile(file, JSON.stringify([{ scope: 'org', pos: head.pos, head: '0'.repeat(64) }]));
    const differing = await verify('--heads', file);
    expect(differing).toMatchObject({ code: 1, said: expect.stringContaining(`(scope org, place ${head.pos})`) });
  });
});
