import pg from 'pg';

/** PostgreSQL refused a value of a row: wrong data (class 22) or a rule of the table (class 23). */
export function isDataFault(fault: unknown): fault is pg.DatabaseError {
  return fault instanceof pg.DatabaseError && /^2[23]/.test(fault.code ?? '');
}

/** Two transactions got in each other's way: nothing was done, and doing it again is right. */
export function isRerunnable(fault: unknown): boolean {
  return fault instanceof pg.DatabaseError && ['40001', '40P01'].includes(fault.code ?? '');
}

type Heard<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for all of what was sent to one transaction without waiting in between. Of what failed it throws the cause, not
 * what failed because of it (25P02, which may be heard of first); nothing of it is left running or unheard.
 */
export async function together<const T extends readonly unknown[]>(sent: T): Promise<Heard<T>> {
  const heard = await Promise.allSettled(sent);
  const faults = heard.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (faults.length > 0) throw faults.find((fault) => !isAftermath(fault)) ?? faults[0];
  return heard.map((one) => (one as PromiseFulfilledResult<unknown>).value) as Heard<T>;
}

function isAftermath(fault: unknown): boolean {
  return fault instanceof pg.DatabaseError && fault.code === '25P02';
}
