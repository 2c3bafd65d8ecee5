import { describe, expect, it } from 'vitest';
import { antenatalVisit } from '../../../lib/form/built-in/antenatal-visit.ts';
import { childVisit } from '../../../lib/form/built-in/child-visit.ts';
import { generalConsultation } from '../../../lib/form/built-in/general-consultation.ts';
import { registrationForm } from '../../../lib/form/built-in/registration.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { publishProblems } from '../../../lib/form/publish.ts';
import { validate } from '../../../lib/form/validation.ts';
import { filledWith } from './a-form.ts';

const context = { occurredOn: '2026-11-21', patient: { sex: 'female', birthDate: '2025-11-01' } };

describe('the built-in forms', () => {
  it.each([generalConsultation, childVisit, antenatalVisit])(
    'can be published without a warning: $title.en',
    (form) => {
      expect(publishProblems(form)).toEqual([]);
    },
  );

  it('the registration form too', () => {
    expect(publishProblems(registrationForm, [], 'registration')).toEqual([]);
  });

  it('consultation: fever asks for days and temperature', () => {
    const answers = { complaint: 'Cough', fever: true, condition: 'good' };
    expect(validate(generalConsultation, filledWith(answers), context).map(({ fieldId }) => fieldId)).toEqual([
      'feverDays',
      'temperature',
    ]);
    const full = filledWith(
      { ...answers, feverDays: 2, temperature: 38.9 },
      { entered: { temperature: { value: 102, unit: '[degF]' } } },
    );
    expect(validate(generalConsultation, full, context)).toEqual([]);
    const celsiusForgotten = filledWith({ ...answers, feverDays: 2, temperature: 102 });
    expect(validate(generalConsultation, celsiusForgotten, context)).toMatchObject([{ code: 'above-maximum' }]);
  });

  // WHO IMCI chart booklet 2014: fast breathing from 60 under 2 months, 50 to 11 months, 40 from 12 months.
  it.each([
    ['2026-10-01', 59, false],
    ['2026-10-01', 60, true],
    ['2026-06-01', 49, false],
    ['2026-06-01', 50, true],
    ['2025-11-01', 39, false],
    ['2025-11-01', 40, true],
    ['2026', 70, undefined],
  ])('child born %s with %d breaths a minute: fast breathing %s', (birthDate, breaths, fast) => {
    const child = { ...context, patient: { sex: 'male', birthDate } };
    expect(evaluateForm(childVisit, { signs: ['cough'], breaths }, child).values.fastBreathing).toBe(fast);
  });

  it('child: danger signs make a referral an answer that is needed', () => {
    const { scores, required } = evaluateForm(childVisit, { dangerSigns: ['convulsions'] }, context);
    expect(scores.get('danger')).toMatchObject({ value: 1, band: { en: 'Refer urgently' } });
    expect(required.has('referred')).toBe(true);
    expect(evaluateForm(childVisit, { dangerSigns: ['none'] }, context).required.has('referred')).toBe(false);
  });

  it.each([
    ['2026-11-21', 0],
    ['2026-11-15', 0],
    ['2026-11-14', 1],
    ['2026-07-05', 19],
    ['2026-07-04', 20],
  ])('antenatal: last period %s is %d completed weeks', (lastPeriod, weeks) => {
    const { values, pages } = evaluateForm(antenatalVisit, { lastPeriod }, context);
    expect(values.weeks).toBe(weeks);
    expect(pages.find(({ id }) => id === 'second-half')?.visible).toBe(weeks >= 20);
  });

  it('antenatal: the due date of 1 January 2026 is 8 October, PHQ-2 counts 0 to 6', () => {
    const answers = { lastPeriod: '2026-01-01', phq1: 'nearly-every-day', phq2: 'not-at-all' };
    const { values, scores } = evaluateForm(antenatalVisit, answers, { ...context, occurredOn: '2026-03-01' });
    expect(values.dueDate).toBe('2026-10-08');
    expect(scores.get('phq2')).toMatchObject({ value: 3, band: { en: 'Ask further: depression likely' } });
  });
});
