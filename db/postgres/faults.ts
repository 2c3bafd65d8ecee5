import pg from 'pg';

/** PostgreSQL refused a value of a row: wrong data (class 22) or a rule of the table (class 23). */
export function isDataFault(fault: unknown): fault is pg.DatabaseError {
  return fault instanceof pg.DatabaseError && /^2[23]/.test(fault.code ?? '');
}

/** Two transactions got in each other's way: nothing was done, and doing it again is right. */
export function isRerunnable(fault: unknown): boolean {
  return fault instanceof pg.DatabaseError && (fault.code === '40001' || fault.code === '40P01');
}
