import { bookAppointments } from './appointments.ts';
import { DemoWorld, type Gesture } from './demo-world.ts';
import { publishForms } from './forms.ts';
import { stockMedicines } from './medicines.ts';
import { makePeople } from './people.ts';
import { registerPeople } from './registrations.ts';
import { foundOrganisation, hireAdministrator, type Username } from './staff.ts';
import { planVisits } from './visit-plan.ts';
import { makeVisits } from './visits.ts';

/** The seed of every demo clinic that is not a test's. */
export const DEMO_SEED = 20_261_121;

/**
 * A clinic that never was, as the gestures that made it, in three parts: the administrator makes himself (nobody may
 * yet, so he is accepted as founder), then everybody who works there, then their work. Each part is in order of time,
 * up to `nowMs`. Pure: the same seed and the same moment give the same clinic; the ids come from the seed alone.
 */
export function demoClinic(
  seed: number,
  nowMs: number,
  passwordHashes: Readonly<Record<Username, string>>,
): readonly [Gesture[], Gesture[], Gesture[]] {
  const world = new DemoWorld(seed, nowMs);
  hireAdministrator(world, passwordHashes);
  const founded = world.gestures.length;
  foundOrganisation(world, passwordHashes);
  const staffed = world.gestures.length;
  publishForms(world);
  stockMedicines(world);
  const people = makePeople(world);
  registerPeople(world, people);
  const visits = makeVisits(world, planVisits(world, people));
  bookAppointments(world, people, visits);
  const work = world.gestures.slice(staffed).sort((left, right) => left.atMs - right.atMs);
  return [world.gestures.slice(0, founded), world.gestures.slice(founded, staffed), work];
}
