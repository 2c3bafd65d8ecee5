import type { Generated } from 'kysely';

/**
 * What Kysely knows of the tables, in camelCase (CamelCasePlugin). Each part of the store adds its tables here:
 * `interface Database extends RecordTables, AccessTables { … }`.
 */
export interface Database {
  schemaMigrations: SchemaMigrationsTable;
}

export interface SchemaMigrationsTable {
  number: number;
  name: string;
  checksum: string;
  /** ISO instant. */
  appliedAt: Generated<string>;
}
