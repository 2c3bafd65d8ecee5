import type pg from 'pg';
import { signInOnDevice } from '../../lib/domain/device/sign-in-on-device.ts';
import { json } from './answer.ts';
import { refusedCommand } from './asked.ts';
import { addressOf } from './client-address.ts';
import { grantsOf, notePassword, requireDevice } from './device-session.ts';
import type { Result } from './problem.ts';
import { fulfils, readJson } from './read-json.ts';
import { runCommand } from './run-command.ts';
import { signIn, signInSchema } from './sign-in.ts';

/** `POST /api/device/sign-in`: from now on the device may hold what this user may, and hand in what he makes. */
export async function signInByApi(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const device = await requireDevice(pool, request);
  if (!device.ok) return device;
  const body = await readJson(request, 4096);
  if (!body.ok) return body;
  const asked = fulfils(signInSchema, body.value);
  if (!asked.ok) return asked;
  const signedIn = await signIn(pool, asked.value, addressOf(request));
  if (!signedIn.ok) return signedIn;
  const { user, actor, mustChange } = signedIn.value;
  const { deviceId } = device.value;
  const noted = await runCommand(pool, signInOnDevice, { deviceId }, { userId: user.id, clinicId: null });
  if (!noted.ok) return refusedCommand(noted.refusal);
  await notePassword(pool, device.value, user.id);
  const grants = await grantsOf(pool, device.value);
  return json({ user: { ...user, role: actor.role }, mustChange, flags: actor.flags, grants });
}
