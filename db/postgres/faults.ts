import pg from 'pg';

/** PostgreSQL refused a value of a row: wrong data (class 22) or a rule of the table (class 23). */
export function isDataFault(fault: unknown): fault is pg.DatabaseError {
  return fault instanceof pg.DatabaseError && /^2[23]/.test(fault.code ?? '');
}

/**
 * Two transactions got in each other's way: nothing was done, and doing it again is right. 25P02 as well: of statements
 * sent together the one that failed may be heard of after those that were not run because of it.
 */
export function isRerunnable(fault: unknown): boolean {
  return fault instanceof pg.DatabaseError && ['40001', '40P01', '25P02'].includes(fault.code ?? '');
}
