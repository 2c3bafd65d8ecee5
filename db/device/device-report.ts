import type { ExchangeRequest } from '../../lib/replication/protocol/exchange-request.ts';
import type { DeviceDatabase, FeedRow, OriginRow } from './device-database.ts';
import { countOutbox } from './outbox.ts';

export type DeviceReport = NonNullable<ExchangeRequest['report']>;

/** What the database does not know of itself. */
export interface Surroundings {
  readonly appVersion: string;
  /** Bytes that the browser keeps for this phone. */
  readonly storageBytes: number;
}

/** What differs by less is not worth a word: 8 MB, and a minute. */
const STORAGE_STEP = 8 * 1024 * 1024;
const CLOCK_STEP_MS = 60_000;

/** How this phone fares, or null when the upstream was told the same before. */
export async function reportDue(
  database: DeviceDatabase,
  origin: OriginRow,
  { reported }: Pick<FeedRow, 'reported'>,
  { appVersion, storageBytes }: Surroundings,
): Promise<DeviceReport | null> {
  const { unsent, refused } = await countOutbox(database);
  const report: DeviceReport = {
    appVersion: appVersion.slice(0, 40),
    unsent,
    refused,
    storageBytes: Math.round(storageBytes),
    clockOffsetMs: Math.round(origin.clock.offsetMs),
  };
  return reported !== null && isSame(reported, report) ? null : report;
}

function isSame(told: DeviceReport, now: DeviceReport): boolean {
  const counts = told.unsent === now.unsent && told.refused === now.refused;
  const isNear =
    Math.abs(told.storageBytes - now.storageBytes) < STORAGE_STEP &&
    Math.abs(told.clockOffsetMs - now.clockOffsetMs) < CLOCK_STEP_MS;
  return counts && isNear && told.appVersion === now.appVersion;
}
