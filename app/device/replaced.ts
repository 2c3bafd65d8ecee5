import { useLiveQuery } from 'dexie-react-hooks';
import { countReplaced, listReplaced, type Replaced } from '../../db/device/replaced.ts';
import { database, useSession } from './phone.ts';

/** What the root's rows replaced on this phone, by patient. Undefined while it is opened. */
export function useReplaced(): readonly Replaced[] | undefined {
  const { key } = useSession();
  return useLiveQuery(() => listReplaced(database, key), [key]);
}

/** Of how many charts something was replaced. */
export function useReplacedCount(): number {
  return useLiveQuery(() => countReplaced(database), []) ?? 0;
}
