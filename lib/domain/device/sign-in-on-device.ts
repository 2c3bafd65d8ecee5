import { z } from 'zod';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';

/** The author, whose password was right, signs in on a device: it may hold what he may, and hand in what he makes. */
export const signInOnDevice = command({
  name: 'signInOnDevice',
  input: z.strictObject({ deviceId: uuidSchema }),
  needs: ({ deviceId }) => [{ collection: 'devices', id: deviceId }],
  decide: ({ deviceId }, { actor, read }) => {
    const device = read({ collection: 'devices', id: deviceId });
    if (device === undefined) return refuseCommand('not-found', 'deviceId');
    return edits(put('devices', deviceId, { [`signedIn.${actor.userId}`]: device.values.enrolledAt ?? null }));
  },
});
