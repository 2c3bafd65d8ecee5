import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../app/server/run-command.ts';
import { newId } from '../../../db/postgres/replica-identity.ts';
import { revokeDevice } from '../../../lib/domain/device/revoke-device.ts';
import { registration } from '../../scenario/edits.ts';
import { aHttpPhone } from '../../scenario/http-phone.ts';
import { untilQuiet } from '../../scenario/relay-pair.ts';
import { aRelayedClinic, type RelayedClinic } from '../../scenario/relayed-clinic.ts';
import { PASSWORD } from '../../scenario/routes.ts';
import type { ServerProcess } from '../../scenario/server-process.ts';

/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let pair: RelayedClinic;
beforeAll(async () => {
  pair = await aRelayedClinic();
}, PATIENCE_MS);
afterAll(() => pair.dispose());

async function postTo(server: ServerProcess, path: string, username: string, headers: Record<string, string>) {
  const body = JSON.stringify({ username, password: PASSWORD, ...(path === '/api/login' ? { token: true } : {}) });
  const sent = { 'content-type': 'application/json', ...headers };
  return (await fetch(`${server.origin()}${path}`, { method: 'POST', headers: sent, body })).status;
}

it(
  'a phone enrolled at the root signs in and works at the relay while the root is away, until the root withdraws it',
  async () => {
    const { clinic, hub, line, root, relay } = pair;
    const { clinicId, userId } = clinic.clinics[0]!;
    const device = await clinic.aDevice(0, []);
    const { authorization } = device;
    await untilQuiet(clinic.database, hub, [clinicId]);
    const names = await hub.pool.query<{ username: string }>('select username from credentials');
    expect(names.rows, 'whose hashes the relay holds').toEqual([{ username: 'north' }]);

    line.cut();
    const at = (server: ServerProcess) => aHttpPhone(device, userId, clinicId, server.origin);
    const phone = at(relay);
    const signIn = (username: string) => postTo(relay, '/api/device/sign-in', username, { authorization });
    expect(await signIn('south')).toBe(401);
    await phone.sync();
    const before = phone.save(registration(newId(), clinicId));
    await phone.sync();
    expect(phone.entry(before)?.state, 'work of one who has not signed in').toBe('refused');
    expect(await signIn('north')).toBe(200);
    expect(await postTo(relay, '/api/login', 'north', {})).toBe(200);
    expect(await postTo(relay, '/api/login', 'south', {})).toBe(401);
    const made = phone.save(registration(newId(), clinicId));
    await phone.sync();
    expect(phone.entry(made)?.state).toBe('received');

    line.mend();
    await untilQuiet(clinic.database, hub, [clinicId]);
    await phone.sync();
    expect(phone.entry(made)?.state).toBe('confirmed');
    const elsewhere = at(root);
    await elsewhere.sync();
    expect(elsewhere.phone.state.records.size, 'the root knows who signed in at the relay').toBeGreaterThan(1);

    const asFounder = { userId: clinic.founder, clinicId: null };
    const withdrawn = { deviceId: device.deviceId, lost: true };
    expect(await runCommand(clinic.database.pool, revokeDevice, withdrawn, asFounder)).toEqual({ ok: true });
    await untilQuiet(clinic.database, hub, [clinicId]);
    await expect(phone.sync()).rejects.toThrow('410 gone');
    expect(await signIn('north')).toBe(410);
  },
  PATIENCE_MS,
);
