import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { NO_LIFE } from '../../lib/replication/confirmation.ts';
import type { DeviceDatabase, DeviceRow, FeedRow, OriginRow } from './device-database.ts';

const NEW_FEED: FeedRow = {
  key: 'feed',
  version: 0,
  epoch: null,
  rootEpoch: null,
  cursors: {},
  scopes: [],
  grants: 0,
  notHere: [],
  walks: {},
  witnessed: null,
  schema: SCHEMA_VERSION,
  waiting: [],
  unchecked: [],
  healing: {},
  healed: 0,
  reported: null,
  snapshot: null,
  lastContactMs: null,
};

/** Who this phone is as an origin of changes. Throws before enrolment: nothing can be saved then. */
export async function readOrigin(database: DeviceDatabase): Promise<OriginRow> {
  const row = await database.meta.get('origin');
  if (row?.key !== 'origin') throw new Error('this phone is not enrolled');
  return row;
}

export async function readFeed(database: DeviceDatabase): Promise<FeedRow> {
  const row = await database.meta.get('feed');
  if (row?.key !== 'feed') return NEW_FEED;
  // Collections that this version has learnt were passed over before: all of it is read again, and merged. The life of
  // the feed stays known, so that what left meanwhile is noticed at the end of it.
  const reread = { schema: SCHEMA_VERSION, cursors: {}, walks: {}, snapshot: null };
  return { ...NEW_FEED, ...row, ...(row.schema < SCHEMA_VERSION ? reread : {}) };
}

/** Changes what is known of the upstreams, on the disk as it stands now. */
export async function changeFeed(database: DeviceDatabase, change: (feed: FeedRow) => FeedRow): Promise<void> {
  await database.transaction('rw', database.meta, async () => {
    await database.meta.put(change(await readFeed(database)));
  });
}

/**
 * Takes the next root that answers for this phone's own, though it began before the one that it followed: a person
 * connected it there. A hub that was a root alone may have burned; that no smaller life is obeyed would leave the phone
 * without a root for ever. Everything is offered again, and nothing before it is known to whom. Nothing before the first
 * contact.
 */
export async function obeyNextRoot(database: DeviceDatabase): Promise<void> {
  await changeFeed(database, (feed) =>
    feed.rootEpoch === null ? feed : { ...feed, rootEpoch: NO_LIFE, epoch: NO_LIFE },
  );
}

/** The enrolment of this phone, or null before it. */
export async function readDevice(database: DeviceDatabase): Promise<DeviceRow | null> {
  const row = await database.meta.get('device');
  return row?.key === 'device' ? row : null;
}

/** Makes this phone an origin and remembers its enrolment, in one transaction. */
export async function saveEnrolment(database: DeviceDatabase, device: DeviceRow): Promise<void> {
  await database.transaction('rw', database.meta, async () => {
    const origin = await database.meta.get('origin');
    if (origin === undefined) {
      const fresh = { replicaId: device.deviceId, seq: 0, chain: '', clock: NEW_CLOCK, commit: 0 };
      await database.meta.put({ key: 'origin', ...fresh });
    }
    await database.meta.put(device);
  });
}

/** Changes the enrolment as it stands on the disk now: another tab may have changed it since it was read. */
export async function changeDevice<T>(
  database: DeviceDatabase,
  change: (device: DeviceRow) => { readonly device: DeviceRow; readonly answer: T },
): Promise<T> {
  return database.transaction('rw', database.meta, async () => {
    const held = await readDevice(database);
    if (held === null) throw new Error('this phone is not enrolled');
    const { device, answer } = change(held);
    if (device !== held) await database.meta.put(device);
    return answer;
  });
}
