import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { addUser, type Enrolment, finishEnrolment, finishReconnecting } from '../../../app/device/enrol.ts';
import { currentPhone, database, type OpenSession } from '../../../app/device/phone.ts';
import { rawKey } from '../../../app/device/raw-key.ts';
import { unlock } from '../../../app/device/unlock.ts';
import { readDevice } from '../../../db/device/replica-state.ts';

const ENROLMENT: Enrolment = {
  deviceId: '018f3a5e-0000-7000-8000-000000000001',
  deviceName: 'Triage',
  clinicIds: ['north'],
  bearer: 'old',
};
const nora = { id: 'nora', name: 'Nora', language: 'en' };
const sami = { id: 'sami', name: 'Sami', language: 'en' };

function session(): OpenSession {
  const phone = currentPhone();
  if (phone.state !== 'open') throw new Error('the phone is not open');
  return phone.session;
}

describe('a phone that is enrolled', () => {
  beforeEach(async () => {
    await database.delete();
    await database.open();
    await finishEnrolment(ENROLMENT, nora, '274918');
  });

  it('keeps a new token that came while a user was being added in another tab, and the user', async () => {
    const renewed = { ...ENROLMENT, bearer: 'new' };
    await Promise.all([addUser(session(), rawKey()!, sami, '518273'), finishReconnecting(session(), renewed)]);
    expect((await readDevice(database))?.keyring.map(({ userId }) => userId)).toEqual(['nora', 'sami']);
    expect(await unlock('sami', '518273')).toEqual({ ok: true });
    expect(session().bearer).toBe('new');
  });

  it('opens for each of its users with his own PIN only', async () => {
    await addUser(session(), rawKey()!, sami, '518273');
    expect(await unlock('nora', '274918')).toEqual({ ok: true });
    expect(await unlock('nora', '518273')).toMatchObject({ ok: false });
  });
});
