import { POST as exchangeRoute } from '../../app/api/sync/route.ts';
import { MemoryPhone } from '../../db/memory/memory-phone.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeOnce, exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import { Answered, type PusherDevice } from './pusher.ts';
import { post } from './routes.ts';

const LARGEST_REPLY = 1_000_000;

export type HttpPhone = ReturnType<typeof aHttpPhone>;

/** The reference phone, its messages through the real route: of this process, or of the server at `origin`. */
export function aHttpPhone(device: PusherDevice, userId: string, clinicId: string, origin?: () => string) {
  const phone = new MemoryPhone(device.deviceId, collectionNamed, SCHEMA_VERSION, Date.now, newId);
  const { authorization } = device;
  const line: Transport = async (request) => {
    const answering =
      origin === undefined
        ? exchangeRoute(post('/api/sync', request, { authorization }))
        : fetch(`${origin()}/api/sync`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization },
            body: JSON.stringify(request),
          });
    const response = await answering;
    const answer = (await response.json()) as { code?: string };
    if (!response.ok) throw new Answered(response.status, answer.code ?? '');
    return answer;
  };
  return {
    phone,
    deviceId: device.deviceId,
    line,
    save(edits: readonly Edit[]): string {
      const id = phone.commit(edits, { userId, clinicId });
      if (id === null) throw new Error('nothing was saved');
      return id;
    },
    /** One exchange over this line, or over one that does something else. */
    exchange: (over: Transport = line) => exchangeOnce(phone, over, Date.now, LARGEST_REPLY),
    sync: () => exchangeUntilQuiet(phone, line, Date.now),
    /** The server has it and answers, and the answer never comes. */
    async loseTheReply(): Promise<void> {
      let arrived = false;
      await exchangeOnce(
        phone,
        async (request) => {
          await line(request);
          arrived = true;
          throw new TypeError('cut');
        },
        Date.now,
        LARGEST_REPLY,
      ).catch((fault: unknown) => {
        if (!arrived) throw fault;
      });
    },
    entry: (actionId: string) => phone.state.outbox.find((entry) => entry.action.id === actionId),
  };
}
