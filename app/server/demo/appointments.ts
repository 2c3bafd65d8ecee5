import { put } from '../../../lib/domain/command.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import type { VisitKind } from '../../../lib/domain/visit/visit.ts';
import { instantOf, minutesAfter } from './demo-day.ts';
import type { DemoWorld } from './demo-world.ts';
import type { Person } from './people.ts';
import { CAMP_NORTH, CONSULTATION, deskOf, nurseOf } from './staff.ts';
import type { MadeVisit } from './visits.ts';

export const APPOINTMENTS = 40;
const KEPT = 14;
const MISSED = 4;
const CANCELLED = 2;
const TODAY = 6;
const LENGTH_MINUTES = 15;
/** Booked so many days before. */
const LATEST_DAYS = 7;
const EARLIEST_DAYS = 25;
const FULL_TERM_WEEKS = 40;
const TODAY_HOURS = [8, 9, 10, 11, 13, 14] as const;

interface Booking {
  readonly person: Person;
  readonly kind: VisitKind;
  readonly reason: string;
  readonly startsMs: number;
  readonly startsOn: string;
  readonly bookedMs: number;
}

/** Kept, missed and cancelled ones of the past, some of today, the rest in the next weeks. */
export function bookAppointments(world: DemoWorld, people: readonly Person[], visits: readonly MadeVisit[]): void {
  const { dice, calendar } = world;
  const kept = dice.shuffled(visits.filter(wasAwaited)).slice(0, KEPT);
  for (const visit of kept) keep(world, visit);
  const alive = people.filter((one) => one.diedDaysAgo === null && one.registeredDaysAgo > 90);
  const others = dice.shuffled(alive).slice(0, APPOINTMENTS - KEPT);
  others.forEach((person, place) => {
    if (place < MISSED) end(world, person, dice.between(4, 60), 'no-show', null);
    else if (place < MISSED + CANCELLED) end(world, person, dice.between(4, 60), 'cancelled', 'Travels to family');
    else if (place < MISSED + CANCELLED + TODAY) {
      const hour = TODAY_HOURS[place - MISSED - CANCELLED]!;
      book(world, { ...bookingOf(world, person, 0), startsMs: calendar.at(0, hour, 30) });
    } else book(world, bookingOf(world, person, -dice.between(1, 21)));
  });
}

/** Those who come again, known long enough for the booking to lie after their registration. */
function wasAwaited({ purpose, daysAgo, person }: MadeVisit): boolean {
  const again = purpose === 'chronic' || purpose === 'antenatal';
  return again && daysAgo > 0 && person.registeredDaysAgo - daysAgo > EARLIEST_DAYS;
}

function bookingOf({ calendar, dice }: DemoWorld, person: Person, daysAgo: number): Booking {
  const kind = isPregnant(person, daysAgo) ? 'antenatal' : 'follow-up';
  return {
    ...{ person, kind, reason: kind === 'antenatal' ? 'Antenatal visit' : 'Seen again' },
    startsMs: calendar.at(daysAgo, dice.between(8, 14), dice.pick([0, 15, 30, 45])),
    startsOn: calendar.dayOf(daysAgo),
    bookedMs: calendar.at(Math.max(daysAgo, 0) + dice.between(LATEST_DAYS, EARLIEST_DAYS), 15, dice.below(60)),
  };
}

function isPregnant({ lastPeriodDaysAgo }: Person, daysAgo: number): boolean {
  return lastPeriodDaysAgo !== null && (lastPeriodDaysAgo - daysAgo) / 7 < FULL_TERM_WEEKS;
}

function keep(world: DemoWorld, { person, daysAgo, atMs, visitId }: MadeVisit): void {
  const startsMs = Math.floor(atMs / 900_000) * 900_000;
  const id = book(world, { ...bookingOf(world, person, daysAgo), startsMs });
  const status = { status: 'fulfilled', visitId, cancelReason: null };
  world.edit(deskOf(person.clinicId), atMs + 2000, put('appointments', id, { status }));
  if (person.clinicId !== CAMP_NORTH) return;
  const nurse = nurseOf(person.clinicId);
  const seenAt = minutesAfter(atMs, 20);
  const seen = { status: 'done', seenAt: instantOf(seenAt), seenBy: nurse.userId };
  world.edit(nurse, seenAt, put('appointmentDepartments', departmentOf(id), { seen }));
}

function end(world: DemoWorld, person: Person, daysAgo: number, how: string, cancelReason: string | null): void {
  const booking = bookingOf(world, person, daysAgo);
  const id = book(world, booking);
  const status = { status: how, visitId: null, cancelReason };
  const atMs = minutesAfter(booking.startsMs, how === 'cancelled' ? -24 * 60 : 120);
  world.edit(deskOf(person.clinicId), atMs, put('appointments', id, { status }));
}

function departmentOf(appointmentId: string): string {
  return deterministicId('appointmentDepartments', appointmentId, CONSULTATION);
}

function book(world: DemoWorld, booking: Booking): string {
  const { person, kind, reason, startsMs, startsOn, bookedMs } = booking;
  const { clinicId } = person;
  const id = world.newId();
  const about = { patientId: person.id, clinicId };
  const appointment = put('appointments', id, {
    ...about,
    providerId: nurseOf(clinicId).userId,
    time: { startsAt: instantOf(startsMs), startsOn, durationMinutes: LENGTH_MINUTES },
    ...{ kind, reason, note: null, walkIn: false, reminder: null },
    status: { status: 'booked', visitId: null, cancelReason: null },
  });
  const seen = { status: 'waiting', seenAt: null, seenBy: null };
  const passage = { ...about, appointmentId: id, departmentId: CONSULTATION, seen };
  const edits = clinicId === CAMP_NORTH ? [put('appointmentDepartments', departmentOf(id), passage)] : [];
  world.edit(deskOf(clinicId), bookedMs, appointment, ...edits);
  return id;
}
