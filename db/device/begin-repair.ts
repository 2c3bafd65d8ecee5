import { isFromRoot, readAnew, repair, walksAfter } from '../../lib/replication/healing.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { DeviceDatabase } from './device-database.ts';
import { readFeed } from './replica-state.ts';

/**
 * Begins to read everything anew, the root's rows replacing what is here: when sums differ from the root's, which has
 * everything of this phone, and reading again by merging did not help. `reply` is its last one. Once for each such
 * reading. True when the next exchange begins it.
 */
export function beginRepair(database: DeviceDatabase, reply: ExchangeReply): Promise<boolean> {
  return database.transaction('rw', [database.outbox, database.meta], async () => {
    const feed = await readFeed(database);
    if (!isFromRoot(reply, feed.rootEpoch) || reply.recovering === true) return false;
    const { [reply.epoch]: merged, ...others } = feed.healing;
    if (merged?.over !== true || merged.repaired) return false;
    const read = feed.cursors[reply.epoch] ?? {};
    if (!feed.scopes.every((scope) => scope in read && read[scope] === reply.cursors[scope])) return false;
    if ((await database.outbox.where('state').anyOf('pending', 'received').count()) > 0) return false;
    await database.meta.where('key').startsWith('walk:').delete();
    await database.meta.put({
      ...feed,
      ...readAnew(feed, reply.epoch, false),
      walks: walksAfter(feed.walks, reply.epoch, repair(reply.epoch), true),
      healing: { ...others, [reply.epoch]: { ...merged, repaired: true } },
      version: feed.version + 1,
    });
    return true;
  });
}
