import { describe, expect, it } from 'vitest';
import { DEMO_SEED, demoClinic } from '../../../app/server/demo/demo-clinic.ts';
import { DEMO_FORMS } from '../../../app/server/demo/forms.ts';
import { FAMILY_NAMES, GIVEN_NAMES, type NameEntry } from '../../../app/server/demo/names.ts';
import { ADMIN } from '../../../app/server/demo/staff.ts';
import { MemoryFeedReplica } from '../../../db/memory/memory-feed-replica.ts';
import type { Actor } from '../../../lib/access/actor.ts';
import { actorsOf } from '../../../lib/access/actor-of.ts';
import { ageAt } from '../../../lib/domain/calendar-date.ts';
import { COLLECTIONS, SCHEMA_VERSION } from '../../../lib/domain/collections.ts';
import { formContext } from '../../../lib/domain/event/event-answers.ts';
import { createIdSource } from '../../../lib/domain/identity.ts';
import { worldOf } from '../../../lib/domain/world.ts';
import { keysToAnswers } from '../../../lib/form/answers.ts';
import { type FormDefinition, readDefinition } from '../../../lib/form/definition.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { publishProblems } from '../../../lib/form/publish.ts';
import { validate } from '../../../lib/form/validation.ts';
import { authorAction, type Origin } from '../../../lib/replication/author-action.ts';
import type { Action } from '../../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../../lib/replication/clock.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { mergeChange } from '../../../lib/replication/merge.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { aRandom } from '../../scenario/random.ts';

const HASHES = { admin: 'a', nurse: 'n', registrar: 'r', mobile: 'm' };
const NOW = Date.UTC(2026, 10, 21, 14);
/** A second or two each, several times that beside other work. */
const SLOW_MS = 60_000;
const made = demoClinic(DEMO_SEED, NOW, HASHES);

type Records = ReadonlyMap<string, StoredRecord>;

/** The demo as a server takes it in: authored, judged with the rights that its people have, merged. */
async function accepted(parts: ReturnType<typeof demoClinic>) {
  const newId = createIdSource({ now: () => NOW, random: aRandom(9).bytes });
  const founder: Actor = { userId: ADMIN.userId, role: 'super_admin', active: true, flags: {} };
  const server = new MemoryFeedReplica<Actor>(
    { replicaId: newId(), epoch: newId(), rootEpoch: newId(), root: true, recovering: false },
    (records) => worldOf(actorsIn(records, founder), { kind: 'server' }),
  );
  let origin: Origin = { replicaId: newId(), seq: 0, clock: NEW_CLOCK };
  const held = new Map<string, StoredRecord>();
  const outcomes = [];
  for (const part of parts) {
    const actions: Action[] = part.map(({ author, atMs, edits }) => {
      const now = { deviceMs: atMs, at: new Date(atMs).toISOString(), schema: SCHEMA_VERSION };
      const authored = authorAction(edits, (ref) => held.get(refKey(ref)), author, origin, now, newId)!;
      origin = authored.origin;
      for (const change of authored.action.changes) {
        const key = refKey({ collection: change.collection, id: change.recordId });
        held.set(key, mergeChange(held.get(key), change));
      }
      return authored.action;
    });
    outcomes.push(...(await server.accept(actions)));
  }
  return { records: server.records as Records, outcomes };
}

/** The founder counts only until a record names him. */
function actorsIn(records: Records, founder: Actor): Map<string, Actor> {
  const all = [...records.values()];
  const of = (name: string) => all.filter(({ collection }) => collection === name);
  return new Map([[founder.userId, founder], ...actorsOf(of('users'), of('permissions'))]);
}

const { records, outcomes } = await accepted(made);
const all = (collection: string) => [...records.values()].filter((one) => one.collection === collection);
const value = (collection: string, id: Json | undefined) => records.get(refKey({ collection, id: String(id) }))?.values;
const counted = (values: readonly unknown[]) => {
  const counts: Record<string, number> = {};
  for (const one of values) counts[String(one)] = (counts[String(one)] ?? 0) + 1;
  return counts;
};

describe('the demo clinic', () => {
  it('may be done by those who do it: every action is applied', () => {
    expect(counted(outcomes.map(({ result, refusal }) => refusal?.code ?? result))).toEqual({
      applied: made.flat().length,
    });
  });

  it('has what the conventions promise', () => {
    const counts = Object.fromEntries(COLLECTIONS.map(({ name }) => [name, all(name).length]));
    expect(counts).toMatchObject({
      ...{ organisation: 1, clinics: 2, departments: 2, users: 4, credentials: 4, forms: 4, formVersions: 8 },
      ...{ patients: 200, patientClinics: 200, visits: 420, events: 600, appointments: 40, medicines: 25 },
    });
    const stocked = new Set(all('stockMovements').map(({ values }) => values.medicineId));
    expect(stocked.size).toBe(25);
    expect(counted(all('stockMovements').map(({ values }) => values.kind))).toEqual({ receive: 60 });
  });

  it('has 60 names in Arabic script, 30 estimated births, five deaths, ages from 0 to 90', () => {
    const patients = all('patients').map(({ values }) => values);
    expect(patients.filter(({ givenName }) => /^[\u0600-\u06ff ]+$/.test(String(givenName)))).toHaveLength(60);
    const births = patients.map(({ birth }) => birth as { birthDate: string; birthDateEstimated: boolean });
    expect(births.filter(({ birthDateEstimated }) => birthDateEstimated)).toHaveLength(30);
    expect(births.every(({ birthDate, birthDateEstimated }) => birthDateEstimated === birthDate.length < 10)).toBe(
      true,
    );
    expect(patients.filter(({ death }) => death !== undefined)).toHaveLength(5);
    const years = births.map(({ birthDate }) => ageAt(birthDate, '2026-11-21')?.years ?? -1);
    expect([Math.min(...years), Math.max(...years)]).toEqual([0, 90]);
  });

  it('has three people registered twice, spelled differently', () => {
    const patients = all('patients').map(({ values }) => values);
    const year = ({ birth }: (typeof patients)[number]) => (birth as { birthDate: string }).birthDate.slice(0, 4);
    const pairs = patients.flatMap((one, index) =>
      patients
        .slice(index + 1)
        .filter((other) => other.sex === one.sex && year(other) === year(one) && alike(one, other)),
    );
    expect(pairs).toHaveLength(3);
  });

  it('has one vital sign that is hard to believe and confirmed', () => {
    const confirmed = all('vitals').filter(({ values }) =>
      Object.keys(values).some((key) => key.startsWith('confirmed.')),
    );
    expect(confirmed.map(({ values }) => values.temperatureCelsius)).toEqual([41.4]);
  });

  it('has events of every version of every event form', () => {
    const versions = all('formVersions').map(({ id, values }) => [id, `${values.formId}/${values.number}`]);
    const named = new Map(versions as [string, string][]);
    const used = counted(all('events').map(({ values }) => named.get(String(values.formVersionId))));
    const { general, child, antenatal } = DEMO_FORMS;
    const wanted = [general, child, antenatal].flatMap(({ formId }) => [`${formId}/1`, `${formId}/2`]);
    expect(Object.keys(used).sort()).toEqual(wanted.sort());
    expect(Math.min(...Object.values(used))).toBeGreaterThan(5);
  });

  it('has no answer that the form engine would not take', () => {
    const problems = all('events').flatMap(({ values }) => {
      const read = readDefinition(value('formVersions', values.formVersionId)?.definition);
      if (!read.ok) return ['unreadable'];
      const about = {
        patientId: String(values.patientId),
        visitId: String(values.visitId),
        occurredOn: String(values.occurredOn),
      };
      const context = formContext(about, (ref) => records.get(refKey(ref)));
      const filled = keysToAnswers(values);
      const evaluation = evaluateForm(read.definition, filled.answers, context);
      return [
        ...validate(read.definition, filled, context),
        ...(Object.keys(evaluation.values).length > 3 ? [] : ['empty']),
      ];
    });
    expect(problems).toEqual([]);
  });

  it('measures somebody once a visit, whichever forms are filled', () => {
    const weights = new Map<string, Set<Json>>();
    for (const { values } of all('vitals')) {
      const { visitId, weightKg } = values;
      weights.set(String(visitId), (weights.get(String(visitId)) ?? new Set()).add(weightKg ?? null));
    }
    expect([...weights.values()].filter(({ size }) => size !== 1)).toEqual([]);
  });

  it('has forms that may be published without a warning', () => {
    for (const { kind, versions } of Object.values(DEMO_FORMS)) {
      const earlier: FormDefinition[] = [];
      for (const definition of versions) {
        expect(publishProblems(definition, earlier, kind)).toEqual([]);
        earlier.push(definition);
      }
    }
  });

  it('stays within fourteen months and does nothing in the future, before registration or after death', () => {
    const first = '2025-09-27';
    const since = new Map(all('patientClinics').map(({ values }) => [values.patientId, String(values.since)]));
    for (const { values } of all('visits')) {
      const patient = value('patients', values.patientId)!;
      const day = String(values.occurredOn);
      const death = patient.death as { deceasedOn: string } | undefined;
      expect(day >= first && day <= '2026-11-21').toBe(true);
      expect(death === undefined || day.slice(0, death.deceasedOn.length) <= death.deceasedOn).toBe(true);
      expect(day >= since.get(String(values.patientId))!).toBe(true);
    }
    expect(Math.max(...made.flat().map(({ atMs }) => atMs))).toBeLessThanOrEqual(NOW);
  });

  it('has patients in the clinic today: two wait, two are being seen', () => {
    const today = all('visits').filter(({ values }) => values.occurredOn === '2026-11-21');
    const statuses = today.map(({ values }) => (values.closing as { status: string }).status);
    expect(counted(statuses)).toEqual({ open: 4, closed: 2 });
    expect(all('visits').filter(({ values }) => (values.closing as { status: string }).status === 'open')).toHaveLength(
      4,
    );
  });
});

describe('making it again', () => {
  it('gives the same clinic, and the same ids on another day', { timeout: SLOW_MS }, () => {
    expect(demoClinic(DEMO_SEED, NOW, HASHES)).toEqual(made);
    const ids = (parts: typeof made) => new Set(parts.flat().flatMap(({ edits }) => edits.map(refKey)));
    const later = demoClinic(DEMO_SEED, NOW + 100 * 86_400_000, HASHES);
    const patients = (parts: typeof made) => [...ids(parts)].filter((key) => key.startsWith('patients/'));
    expect(new Set(patients(later))).toEqual(new Set(patients(made)));
  });

  it.each([
    [1, '2027-02-28T21:30:00.000Z'],
    [2, '2028-02-29T03:00:00.000Z'],
    [3, '2026-12-31T22:30:00.000Z'],
  ])('works with seed %i, at %s', { timeout: SLOW_MS }, (seed, moment) => {
    const other = demoClinic(seed, Date.parse(moment), HASHES).flat();
    const written = [...new Set(other.flatMap(({ edits }) => edits.map(refKey)))];
    expect(counted(written.map((key) => key.split('/')[0]))).toMatchObject({
      ...{ patients: 200, visits: 420, events: 600, appointments: 40 },
    });
    expect(Math.max(...other.map(({ atMs }) => atMs))).toBeLessThanOrEqual(Date.parse(moment));
  });
});

/** Both names are spellings of the same ones, and not both are written alike. */
function alike(one: Readonly<Record<string, Json>>, other: Readonly<Record<string, Json>>): boolean {
  const different = one.givenName !== other.givenName || one.familyName !== other.familyName;
  const same = (names: readonly NameEntry[], key: string) =>
    names.some(({ latin, spellings }) => [one, other].every((it) => [latin, ...spellings].includes(String(it[key]))));
  return different && same(GIVEN_NAMES, 'givenName') && same(FAMILY_NAMES, 'familyName');
}
