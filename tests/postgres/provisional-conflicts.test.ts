import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttentionShown, readAttention } from '../../app/server/attention.ts';
import { type ConflictPage, readConflicts, resolveByApi } from '../../app/server/attention-conflicts.ts';
import { readByIds, readRecords } from '../../db/postgres/record-statements.ts';
import { readProvisional } from '../../db/postgres/relay-suspects.ts';
import { newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { describeProvisionalConflicts, type PhoneOfHub } from '../contract/provisional-conflicts-suite.ts';
import { put, registration } from '../scenario/edits.ts';
import { aRelayPairWithPhone, type PairPhone, type RelayPair } from '../scenario/relay-pair.ts';
import { post } from '../scenario/routes.ts';

let pair: RelayPair;
let phones: readonly [PhoneOfHub, PhoneOfHub];
let north: string;
let south: string;
beforeAll(async () => {
  const made = await aRelayPairWithPhone();
  ({ pair, north, south } = made);
  const flags = { 'flags.delete-visits': true };
  await pair.editAtRoot([put('permissions', deterministicId('permissions', made.phone.userId, north), flags)]);
  phones = [phoneOf(made.phone), phoneOf(await pair.aPhone())];
  await pair.relay();
});
afterAll(() => pair.dispose());

function phoneOf(phone: PairPhone): PhoneOfHub {
  return {
    userId: phone.userId,
    save: phone.save,
    toHub: () => phone.syncWith(pair.hub),
    toRoot: () => phone.syncWith(pair.root),
    held: () => [...phone.phone.state.records.values()].map(({ shown }) => shown),
  };
}

const count = async (text: string, values: unknown[] = []) =>
  (await pair.hub.database.pool.query<{ n: number }>(`select count(*)::int as n from ${text}`, values)).rows[0]!.n;

describeProvisionalConflicts('PostgreSQL', async () => ({
  north,
  phones,
  newId,
  tick() {
    const before = Date.now();
    while (Date.now() === before);
  },
  async editAtRoot(edits) {
    const refs = edits.map(({ collection, id }) => ({ collection, id }));
    await pair.editAtRoot(edits, await readByIds(pair.root.database.pool, refs));
  },
  relay: async (bend) => void (await pair.relay(bend?.(pair.lineOfHub()))),
  provisional: () => readProvisional(pair.hub.database.pool),
  suspects: () => count('suspects'),
  conflictsAt: (place) => readRecords(pair[place].database.pool, 'conflicts', '', []),
  async ownChanges() {
    const { replicaId } = await readIdentity(pair.hub.database.pool);
    return count('changes where origin = $1', [replicaId]);
  },
}));

describe('the page Attention of a hub', () => {
  const admin: Actor = { userId: newId(), role: 'admin', active: true, flags: {} };
  const adminOf = (clinicId: string): Actor => ({
    ...admin,
    role: 'provider',
    flags: { [clinicId]: ['clinic-admin'] },
  });
  const asked = (actor: Actor, query = '', body?: unknown) => ({
    pool: pair.hub.database.pool,
    request: body === undefined ? new Request(`http://hub/api/attention${query}`) : post('/api/attention', body),
    actor,
    secret: '',
  });
  const answered = async <T>(answer: ReturnType<typeof readConflicts>): Promise<T> => {
    const result = await answer;
    if (!result.ok) throw new Error(result.problem.code);
    return (await result.value.json()) as T;
  };

  it('tells who administers the clinic, first and as what nobody has judged; it is not decided there', async () => {
    const [one, other] = phones;
    const id = newId();
    one.save(registration(id, north, { phone: '0' }));
    await one.toHub();
    await other.toHub();
    one.save([put('patients', id, { phone: '1' })]);
    other.save([put('patients', id, { phone: '2' })]);
    await one.toHub();
    await other.toHub();

    const page = await answered<ConflictPage>(readConflicts(asked(adminOf(north))));
    const [line] = page.conflicts;
    expect(line).toMatchObject({ kind: 'parallel-edit', key: 'phone', clinicId: north, provisional: true });
    expect([line!.kept.value, line!.lost.value].sort()).toEqual(['1', '2']);
    expect(line!.patient).toMatchObject({ id });
    expect(page.conflicts.filter(({ recordId }) => recordId === id)).toHaveLength(1);
    const linesFor = async (actor: Actor, query = '') =>
      (await answered<ConflictPage>(readConflicts(asked(actor, query)))).conflicts.filter(
        ({ recordId }) => recordId === id,
      );
    expect(await linesFor(admin)).toHaveLength(1);
    expect(await linesFor(admin, `?clinicId=${south}`)).toEqual([]);
    expect(await linesFor(admin, '?kind=edit-and-delete')).toEqual([]);
    expect(await linesFor(adminOf(south))).toEqual([]);
    const before = await answered<AttentionShown>(readAttention(asked(adminOf(north))));
    const decided = await resolveByApi(asked(admin, '', { keep: 'lost', keptStamp: line!.kept.stamp }), line!.id);
    expect(decided).toMatchObject({ ok: false, problem: { code: 'not-found' } });

    await pair.relay();
    const [noted, ...more] = await linesFor(adminOf(north));
    expect(more).toEqual([]);
    expect(noted).toMatchObject({ id: line!.id, provisional: false });
    expect(await answered<AttentionShown>(readAttention(asked(adminOf(north))))).toEqual(before);
  });
});
