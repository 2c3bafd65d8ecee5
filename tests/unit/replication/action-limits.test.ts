import { describe, expect, it } from 'vitest';
import { aJudge } from '../../scenario/a-judge.ts';
import { aVisit, put, registration } from '../../scenario/edits.ts';

function anEvent(judge: ReturnType<typeof aJudge>, patientId: string, bytes: number) {
  const [clinicId, providerId] = [judge.clinics.north, judge.newId()];
  const when = { occurredAt: '2026-11-21T08:00:00.000Z', occurredOn: '2026-11-21' };
  const about = {
    patientId,
    clinicId,
    visitId: judge.newId(),
    formId: judge.newId(),
    formVersionId: judge.newId(),
    providerId,
  };
  return put('events', judge.newId(), { ...about, ...when, status: 'completed', 'answers.note': 'x'.repeat(bytes) });
}

describe('the size of one gesture', () => {
  it('up to 512 KB and 200 changes is taken', () => {
    const judge = aJudge();
    const [nora, patientId] = [judge.someone(judge.clinics.north), judge.newId()];
    expect(judge.does(nora, ...registration(patientId, judge.clinics.north))).toBe('applied');
    expect(judge.does(nora, ...Array.from({ length: 8 }, () => anEvent(judge, patientId, 60_000)))).toBe('applied');
  });

  it('above 512 KB is refused before it is saved: no exchange could carry it', () => {
    const judge = aJudge();
    const [nora, patientId] = [judge.someone(judge.clinics.north), judge.newId()];
    judge.does(nora, ...registration(patientId, judge.clinics.north));
    expect(judge.does(nora, ...Array.from({ length: 9 }, () => anEvent(judge, patientId, 60_000)))).toBe('too-large');
  });

  it('above 200 changes is refused', () => {
    const judge = aJudge();
    const [nora, patientId] = [judge.someone(judge.clinics.north), judge.newId()];
    judge.does(nora, ...registration(patientId, judge.clinics.north));
    const visits = Array.from({ length: 201 }, () => aVisit(judge.newId(), patientId, judge.clinics.north));
    expect(judge.does(nora, ...visits)).toBe('too-large');
  });
});
