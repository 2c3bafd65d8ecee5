import type { DeviceDatabase } from './device-database.ts';

/**
 * One save at a time among the tabs of this phone. Without turns two busy tabs keep overtaking each other, and each
 * save that was overtaken has to be decided again. Replies are not in the queue: a save never waits for a page.
 */
export async function inTurn<T>(database: DeviceDatabase, save: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks === undefined ? save() : locks.request(`save:${database.name}`, save);
}
