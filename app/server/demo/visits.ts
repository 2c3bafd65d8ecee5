import { put } from '../../../lib/domain/command.ts';
import { closeVisit } from '../../../lib/domain/visit/close-visit.ts';
import { startVisit } from '../../../lib/domain/visit/start-visit.ts';
import type { VisitKind } from '../../../lib/domain/visit/visit.ts';
import { type Build, findingsOf, makeBuild } from './body.ts';
import { instantOf, minutesAfter } from './demo-day.ts';
import type { DemoWorld } from './demo-world.ts';
import { type EventForm, SECOND_VERSION_DAYS_AGO } from './forms.ts';
import { ILLNESSES, type Illness } from './illnesses.ts';
import { agedYears } from './people.ts';
import { recordFilledForm } from './record-filled-form.ts';
import { CAMP_NORTH, CONSULTATION, nurseOf, RECEPTION } from './staff.ts';
import { EVENTS, type PlannedVisit, TODAY_MINUTES_AGO, VISITS } from './visit-plan.ts';

/** A visit as it was made, for whoever refers to it. */
export interface MadeVisit extends PlannedVisit {
  readonly visitId: string;
  readonly atMs: number;
}

/** Today's last two still wait: nobody has written anything about them. */
const WAITING = 2;
/** The last four of today are still in the clinic. */
const OPEN = 4;

/** Starts, fills and closes the planned visits. */
export function makeVisits(world: DemoWorld, planned: readonly PlannedVisit[]): MadeVisit[] {
  const builds = new Map<string, Build>();
  const written = planned.slice(0, VISITS - WAITING);
  const roomy = written.filter((visit) => mayHaveTwo(world, visit));
  const doubled = new Set(world.dice.shuffled(roomy).slice(0, EVENTS - written.length));
  if (written.length + doubled.size !== EVENTS)
    throw new Error(`the demo has room for too few second forms: ${roomy.length} of ${EVENTS - written.length}`);
  return planned.map((visit, index) => {
    const build = builds.get(visit.person.id) ?? makeBuild(world.dice, isHypertensive(visit));
    builds.set(visit.person.id, build);
    const made = { ...visit, visitId: world.newId(), atMs: startOf(world, visit, index) };
    start(world, made);
    const findings = measure(world, visit, build);
    const forms = index < written.length ? formsOf(world, visit, doubled.has(visit)) : [];
    forms.forEach((form, place) => {
      const atMs = minutesAfter(made.atMs, 6 * (place + 1));
      recordFilledForm(world, {
        ...made,
        build,
        findings,
        form,
        version: visit.daysAgo < SECOND_VERSION_DAYS_AGO ? 2 : 1,
        atMs,
      });
    });
    if (index < VISITS - OPEN) close(world, made);
    return made;
  });
}

function measure({ dice, calendar }: DemoWorld, { person, illness, daysAgo, weeks }: PlannedVisit, build: Build) {
  const { fever, short = false }: Illness = ILLNESSES[illness];
  return findingsOf(dice, { person, build, day: calendar.dayOf(daysAgo) }, { fever, short }, weeks);
}

/** A child is examined and its growth looked at; in pregnancy and after an emergency, twice too. */
function mayHaveTwo(world: DemoWorld, visit: PlannedVisit): boolean {
  return visit.purpose === 'antenatal' || visit.purpose === 'emergency' || isUnderFive(world, visit);
}

function isUnderFive({ calendar }: DemoWorld, { person, daysAgo }: PlannedVisit): boolean {
  return agedYears(person, calendar.dayOf(daysAgo)) < 5;
}

function isHypertensive({ illness, person }: PlannedVisit): boolean {
  return illness === 'hypertension' || (person.lastPeriodDaysAgo !== null && person.id.endsWith('a'));
}

function formsOf(world: DemoWorld, visit: PlannedVisit, two: boolean): EventForm[] {
  if (visit.purpose === 'antenatal') return two ? ['antenatal', 'general'] : ['antenatal'];
  if (isUnderFive(world, visit)) return two ? ['child', 'general'] : ['child'];
  return two ? ['general', 'general'] : ['general'];
}

function startOf({ calendar, dice }: DemoWorld, { daysAgo }: PlannedVisit, index: number): number {
  if (daysAgo > 0) return calendar.at(daysAgo, dice.between(8, 14), dice.below(60));
  return minutesAfter(calendar.nowMs, -TODAY_MINUTES_AGO[index - (VISITS - TODAY_MINUTES_AGO.length)]!);
}

function start(world: DemoWorld, visit: MadeVisit): void {
  const { visitId, person, illness, daysAgo, atMs } = visit;
  const inCamp = person.clinicId === CAMP_NORTH;
  const author = nurseOf(person.clinicId);
  const { complaint } = ILLNESSES[illness];
  const grave = illness === 'pneumonia' || visit.purpose === 'emergency';
  const input = {
    ...{ visitId, patientId: person.id, kind: kindOf(world, visit) },
    reason: person.arabic ? complaint.ar : complaint.en,
    departmentId: inCamp ? CONSULTATION : null,
    triage: daysAgo === 0 ? (grave ? ('yellow' as const) : ('green' as const)) : null,
    occurredAt: null,
  };
  world.run(startVisit, input, author, atMs);
  if (daysAgo > 0 || !inCamp) return;
  const station = { station: RECEPTION, stationState: 'waiting', stationSince: instantOf(atMs) };
  world.edit(author, atMs + 1000, put('visits', visitId, { station }));
}

const KINDS: Partial<Record<PlannedVisit['purpose'], VisitKind>> = {
  antenatal: 'antenatal',
  emergency: 'emergency',
  chronic: 'follow-up',
};

function kindOf(world: DemoWorld, visit: PlannedVisit): VisitKind {
  return KINDS[visit.purpose] ?? (isUnderFive(world, visit) ? 'child' : 'consultation');
}

function close(world: DemoWorld, { visitId, person, daysAgo, atMs }: MadeVisit): void {
  const author = nurseOf(person.clinicId);
  const closedMs = minutesAfter(atMs, 30);
  if (daysAgo === 0 && person.clinicId === CAMP_NORTH) {
    const station = { station: CONSULTATION, stationState: 'done', stationSince: instantOf(closedMs) };
    world.edit(author, closedMs - 1000, put('visits', visitId, { station }));
  }
  world.run(closeVisit, { visitId }, author, closedMs);
}
