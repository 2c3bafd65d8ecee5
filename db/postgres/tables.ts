import type { Generated } from 'kysely';
import type { RecordOf } from '../../lib/domain/collection.ts';
import type { devices } from '../../lib/domain/device/device.ts';
import type { permissions } from '../../lib/domain/permission/permission.ts';
import type { credentials, users } from '../../lib/domain/user/user.ts';

/** What Kysely knows of the tables, in camelCase (CamelCasePlugin): those that the portal's reads ask. */
export interface Database {
  schemaMigrations: SchemaMigrationsTable;
  users: RecordTable<typeof users>;
  credentials: RecordTable<typeof credentials>;
  permissions: RecordTable<typeof permissions>;
  devices: RecordTable<typeof devices>;
  enrolmentCodes: EnrolmentCodesTable;
  deviceReports: DeviceReportsTable;
}

/** A collection's table: every column may be null, for a record may arrive in parts. */
export type RecordTable<D extends { fields: object }> = {
  [K in keyof RecordOf<D>]: RecordOf<D>[K] | null;
} & { id: string; createdAt: string | null; deletedAt: string | null };

export interface DeviceReportsTable {
  deviceId: string;
  appVersion: string;
  unsent: number;
  refused: number;
}

export interface EnrolmentCodesTable {
  id: string;
  clinicId: string;
  kind: string;
  createdBy: string;
  /** ISO instants. */
  createdAt: Generated<string>;
  expiresAt: string;
  usedAt: string | null;
  deviceId: string | null;
}

export interface SchemaMigrationsTable {
  number: number;
  name: string;
  checksum: string;
  /** ISO instant. */
  appliedAt: Generated<string>;
}
