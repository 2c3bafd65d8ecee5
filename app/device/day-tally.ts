import { useLiveQuery } from 'dexie-react-hooks';
import type { OutboxRow } from '../../db/device/device-database.ts';
import { calendarDayIn } from '../../lib/domain/calendar-date.ts';
import { database } from './phone.ts';

/**
 * What was recorded on this phone in one day, and where it is. A record here is what was saved with one gesture; that
 * somebody looked is none.
 */
export interface DayTally {
  readonly made: number;
  readonly onServer: number;
  readonly onHub: number;
  readonly onlyHere: number;
  /** Refused, and not dealt with. */
  readonly refused: number;
}

type Row = Pick<OutboxRow, 'state' | 'kind' | 'madeAtMs' | 'settled'>;

/** `day` is `YYYY-MM-DD` in `timeZone`. What was refused and dealt with is not counted: what came of it is. */
export function tallyDay(rows: readonly Row[], day: string, timeZone: string): DayTally {
  const mine = rows.filter(
    ({ kind, madeAtMs, settled }) =>
      kind !== 'trail' && settled === undefined && calendarDayIn(new Date(madeAtMs).toISOString(), timeZone) === day,
  );
  const at = (state: OutboxRow['state']) => mine.filter((row) => row.state === state).length;
  return {
    made: mine.length,
    onServer: at('confirmed'),
    onHub: at('received'),
    onlyHere: at('pending'),
    refused: at('refused'),
  };
}

/** Two days: a day has begun at most that long ago, whatever the time zone and however the clock was set since. */
const LOOK_BACK_MS = 2 * 86_400_000;

/** The day's tally, followed. The newest rows only: the outbox keeps a month. */
export function useDayTally(day: string, timeZone: string): DayTally | undefined {
  return useLiveQuery(async () => {
    const since = Date.now() - LOOK_BACK_MS;
    const rows: Row[] = [];
    await database.outbox
      .orderBy('seq')
      .reverse()
      .until((row) => row.madeAtMs < since)
      .each(({ state, kind, madeAtMs, settled }) => {
        rows.push({ state, kind, madeAtMs, ...(settled === undefined ? {} : { settled }) });
      });
    return tallyDay(rows, day, timeZone);
  }, [day, timeZone]);
}
