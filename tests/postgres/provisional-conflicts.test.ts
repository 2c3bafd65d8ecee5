import { afterAll, beforeAll } from 'vitest';
import { readByIds, readRecords } from '../../db/postgres/record-statements.ts';
import { readProvisional } from '../../db/postgres/relay-suspects.ts';
import { newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { describeProvisionalConflicts, type PhoneOfHub } from '../contract/provisional-conflicts-suite.ts';
import { put } from '../scenario/edits.ts';
import { aRelayPairWithPhone, type PairPhone, type RelayPair } from '../scenario/relay-pair.ts';

let pair: RelayPair;
let phones: readonly [PhoneOfHub, PhoneOfHub];
let north: string;
beforeAll(async () => {
  const made = await aRelayPairWithPhone();
  ({ pair, north } = made);
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
