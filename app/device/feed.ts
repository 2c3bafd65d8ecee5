import { useLiveQuery } from 'dexie-react-hooks';
import type { FeedRow } from '../../db/device/device-database.ts';
import { readFeed } from '../../db/device/replica-state.ts';
import { database } from './phone.ts';

/** How far this phone has read from its upstream. Undefined while it is being read. */
export function useFeed(): FeedRow | undefined {
  return useLiveQuery(() => readFeed(database), []);
}
