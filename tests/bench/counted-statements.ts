import pg from 'pg';

let sent = 0;
const send = pg.Client.prototype.query as (...given: unknown[]) => unknown;
pg.Client.prototype.query = function counted(this: pg.Client, ...given: unknown[]) {
  sent += 1;
  return send.apply(this, given);
} as typeof pg.Client.prototype.query;

/** Statements that this process sent to PostgreSQL since this module was loaded. */
export function statementsSent(): number {
  return sent;
}
