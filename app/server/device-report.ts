import type pg from 'pg';
import type { ExchangeRequest } from '../../lib/replication/protocol/exchange-request.ts';

const SAVE = `insert into device_reports
    (device_id, app_version, unsent, refused, storage_bytes, clock_offset_ms) values ($1, $2, $3, $4, $5, $6)
  on conflict (device_id) do update set app_version = excluded.app_version, unsent = excluded.unsent,
    refused = excluded.refused, storage_bytes = excluded.storage_bytes, clock_offset_ms = excluded.clock_offset_ms,
    reported_at = now()`;

/** Keeps what a device says of itself, in the place of what it said before. */
export async function saveDeviceReport(
  pool: pg.Pool,
  deviceId: string,
  report: NonNullable<ExchangeRequest['report']>,
): Promise<void> {
  const { appVersion, unsent, refused, storageBytes, clockOffsetMs } = report;
  const most = 2 ** 31 - 1;
  const values = [deviceId, appVersion, Math.min(unsent, most), Math.min(refused, most), storageBytes, clockOffsetMs];
  await pool.query({ name: 'save-device-report', text: SAVE, values });
}
