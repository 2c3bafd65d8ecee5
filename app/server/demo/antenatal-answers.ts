import { addDays } from '../../../lib/domain/calendar-date.ts';
import type { FilledForm } from '../../../lib/form/filled-form.ts';
import { filledWith, HOSPITAL, type Seen } from './answers.ts';
import type { DemoWorld } from './demo-world.ts';

/** A contact of a pregnancy in its `weeks`th week; everything but the raised pressure of a few goes well. */
export function antenatalAnswers(world: DemoWorld, seen: Seen, weeks: number, lastPeriod: string): FilledForm {
  const { dice } = world;
  const { person, day } = seen;
  // The same at every contact, so it comes from who she is and not from the dice.
  const parity = Number.parseInt(person.id.slice(-2), 16) % 5;
  const { systolic, diastolic, weight, height } = seen.findings;
  const raised = systolic >= 140;
  const headache = raised && dice.chance(0.5);
  return filledWith({
    lastPeriod,
    pregnancies: parity + 1,
    births: parity,
    caesarean: parity > 2,
    systolic,
    diastolic,
    urineProtein: raised ? dice.pick(['none', 'trace', 'one-plus']) : 'none',
    weight,
    height,
    haemoglobin: dice.within(9.8, 12.8),
    movements: weeks >= 22 ? true : 'unsure',
    fundalHeight: Math.min(weeks, 38) + dice.between(-1, 1),
    fetalHeartRate: dice.between(122, 156),
    phq1: dice.pick(['not-at-all', 'not-at-all', 'several-days']),
    phq2: dice.pick(['not-at-all', 'not-at-all', 'several-days', 'more-than-half']),
    dangerSigns: headache ? ['headache'] : ['none'],
    referredTo: HOSPITAL,
    supplements: weeks < 14 ? ['iron-folate'] : ['iron-folate', 'calcium'],
    ...(weeks < 36 ? { nextVisit: addDays(day, 28) } : {}),
  });
}
