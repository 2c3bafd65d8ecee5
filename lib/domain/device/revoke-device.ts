import { z } from 'zod';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';

/** Takes a device's right to exchange away: it is refused at its next contact. Enrolling it again gives it back. */
export const revokeDevice = command({
  name: 'revokeDevice',
  input: z.strictObject({ deviceId: uuidSchema, lost: z.boolean() }),
  needs: ({ deviceId }) => [{ collection: 'devices', id: deviceId }],
  decide: ({ deviceId, lost }, { read, now }) => {
    const device = read({ collection: 'devices', id: deviceId });
    if (device === undefined) return refuseCommand('not-found', 'deviceId');
    const revokedAt = device.values.revokedAt ?? now;
    return edits(put('devices', deviceId, lost ? { revokedAt, lostAt: now } : { revokedAt }));
  },
});
