import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Actor, type Flag, hasFlag } from '../../../lib/access/actor.ts';
import { actorOf } from '../../../lib/access/actor-of.ts';
import { calendarDayIn } from '../../../lib/domain/calendar-date.ts';
import { isDeleted, type StoredRecord } from '../../../lib/replication/record.ts';
import { useSession } from '../../device/phone.ts';
import { useRecords } from '../../device/watch.ts';
import { TimeZoneContext } from '../form/time-zone.ts';

/** The organisation's records that nearly every screen asks: who acts, where, what day it is there. */
export interface ClinicRecords {
  /** Null until the first sync brought the user's record. */
  readonly actor: Actor | null;
  readonly clinicId: string;
  readonly clinicName: string | null;
  readonly registrationFormId: string | null;
  readonly timeZone: string;
  /** The day in the clinic's time zone. */
  readonly today: string;
  readonly departments: readonly StoredRecord[];
  readonly clinics: readonly StoredRecord[];
  readonly users: ReadonlyMap<string, string>;
  readonly idleLockMinutes: number;
}

const RecordsContext = createContext<ClinicRecords | null>(null);

const IDLE_LOCK_MINUTES = 5;

export function ClinicRecordsProvider({ children }: { children: ReactNode }) {
  const { userId, clinicId } = useSession();
  const users = useRecords('users');
  const permissions = useRecords('permissions');
  const clinics = useRecords('clinics');
  const departments = useRecords('departments');
  const organisation = useRecords('organisation')?.[0];
  const clinic = clinics?.find((one) => one.id === clinicId);
  const timeZone = String(clinic?.values.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const today = useToday(timeZone);
  const value = useMemo((): ClinicRecords => {
    const user = users?.find((one) => one.id === userId);
    const minutes = organisation?.values.idleLockMinutes;
    return {
      actor: (user && permissions && actorOf(user, permissions)) ?? null,
      clinicId,
      clinicName: textOf(clinic, 'name'),
      registrationFormId: textOf(clinic, 'registrationFormId'),
      timeZone,
      today,
      departments: (departments ?? []).filter((one) => one.values.clinicId === clinicId && !isDeleted(one)),
      clinics: (clinics ?? []).filter((one) => !isDeleted(one)),
      users: new Map((users ?? []).map((one) => [one.id, String(one.values.name ?? '')])),
      idleLockMinutes: typeof minutes === 'number' ? minutes : IDLE_LOCK_MINUTES,
    };
  }, [users, permissions, clinics, clinic, departments, organisation, userId, clinicId, timeZone, today]);
  return (
    <RecordsContext value={value}>
      <TimeZoneContext value={value.timeZone}>{children}</TimeZoneContext>
    </RecordsContext>
  );
}

const DAY_CHECK_MS = 20_000;

/** The day in a time zone: another one after midnight, on a phone that nobody locked. */
function useToday(timeZone: string): string {
  const today = calendarDayIn(new Date().toISOString(), timeZone);
  const [, redraw] = useState(today);
  useEffect(() => {
    const timer = setInterval(() => redraw(calendarDayIn(new Date().toISOString(), timeZone)), DAY_CHECK_MS);
    return () => clearInterval(timer);
  }, [timeZone]);
  return today;
}

export function useClinicRecords(): ClinicRecords {
  const records = useContext(RecordsContext);
  if (records === null) throw new Error('useClinicRecords outside the open phone');
  return records;
}

/** May the user of the open phone do this in this clinic? Hides what would be refused. */
export function useAllowed(flag: Flag, clinicId?: string): boolean {
  const records = useClinicRecords();
  return records.actor?.active === true && hasFlag(records.actor, flag, clinicId ?? records.clinicId);
}

export function textOf(record: StoredRecord | undefined, key: string): string | null {
  const value = record?.values[key];
  return typeof value === 'string' ? value : null;
}
