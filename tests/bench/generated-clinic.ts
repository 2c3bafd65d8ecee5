import type pg from 'pg';
import { addDays, type CalendarDate } from '../../lib/domain/calendar-date.ts';
import type { Action } from '../../lib/replication/change.ts';
import { seededRandom } from '../scenario/generate-patients.ts';
import type { aBusyPhone } from './generated-actions.ts';

const CHARTS_PER_PUSH = 33;
/** How many registrations back a visit may belong to: what a patient has stands apart on disk, as in life. */
const APART = 3000;
const DAYS = 730;

/**
 * Fills a clinic through the real way in: patients with their membership, and for each a visit, two events and vitals
 * some time later, on a day of the last two years. Six records a patient.
 */
export async function fillClinic(
  accept: (actions: readonly Action[]) => Promise<readonly { result: string }[]>,
  phone: ReturnType<typeof aBusyPhone>,
  patients: number,
  today: CalendarDate,
): Promise<void> {
  const random = seededRandom(patients);
  const below = (limit: number) => Math.floor(random() * limit);
  const waiting: string[] = [];
  let made = 0;
  while (made < patients || waiting.length > 0) {
    const registered = Array.from({ length: Math.min(CHARTS_PER_PUSH, patients - made) }, phone.aRegistration);
    made += registered.length;
    waiting.push(...registered.map(({ patientId }) => patientId));
    const actions = registered.map(({ action }) => action);
    const visits = made < patients ? Math.max(0, waiting.length - APART) : CHARTS_PER_PUSH;
    for (let count = 0; count < visits && waiting.length > 0; count++) {
      const index = below(waiting.length);
      const patientId = waiting[index]!;
      waiting[index] = waiting.at(-1)!;
      waiting.pop();
      actions.push(phone.aVisitOn(patientId, addDays(today, -below(DAYS))));
    }
    const outcomes = await accept(actions);
    const refused = outcomes.find(({ result }) => result !== 'applied');
    if (refused !== undefined) throw new Error(JSON.stringify(refused));
  }
}

const CHART_TABLES = ['patients', 'patient_clinics', 'visits', 'events', 'vitals'] as const;

/**
 * Copies every chart until there are `times` as many, under other ids, table by table: what would take minutes through
 * the real way in. Feed, log and sums do not know the copies; first syncs and searches do.
 */
export async function multiplyCharts(pool: pg.Pool, times: number): Promise<void> {
  for (const table of CHART_TABLES) {
    const found = await pool.query<{ name: string }>(
      `select column_name as name from information_schema.columns
       where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'`,
      [table],
    );
    const names = found.rows.map(({ name }) => `"${name}"`);
    const renamed = ['"id"', '"patient_id"', '"visit_id"'];
    const cells = names.map((name) => (renamed.includes(name) ? `md5(t.${name}::text || n)::uuid` : `t.${name}`));
    await pool.query(
      `insert into ${table} (${names.join()}) select ${cells.join()} from ${table} t, generate_series(2, $1::int) n`,
      [times],
    );
  }
}
