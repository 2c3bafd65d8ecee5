import { exchangeUntilQuiet } from '../../lib/replication/exchange.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { describeProvisionalConflicts, type PhoneOfHub } from './provisional-conflicts-suite.ts';

describeProvisionalConflicts('memory', async () => {
  const net = await aNetwork(7);
  const [north] = net.clinics as [string];
  const { replica } = net.server;
  const hub = net.aHub([north], false);
  const clock = () => net.time.ms;
  const aPhone = async (): Promise<PhoneOfHub> => {
    const userId = await net.aUser(replica, [north]);
    const { phone, store, sender } = net.aPhone(userId, [north]);
    const syncWith = (at: () => typeof replica) => exchangeUntilQuiet(store, net.lineTo(at, sender), clock);
    return {
      userId,
      save: (edits) => phone.commit(edits, { userId, clinicId: north }),
      toHub: () => syncWith(() => hub.relay),
      toRoot: () => syncWith(() => replica),
      held: () => [...phone.state.records.values()].map(({ shown }) => shown),
    };
  };
  const conflictsIn = ({ records }: typeof replica) =>
    [...records.values()].filter(({ collection }) => collection === 'conflicts');
  const relay = (line = hub.line) => exchangeUntilQuiet(hub.store, line, clock);
  const phones = [await aPhone(), await aPhone()] as const;
  await relay();
  return {
    north,
    phones,
    newId: net.newId,
    tick: () => {
      net.time.ms += 1000;
    },
    editAtRoot: (edits) => net.editAt(replica, [...edits], north),
    relay: (bend) => relay(bend?.(hub.line)),
    provisional: () => hub.relay.provisional(),
    suspects: async () => hub.relay.suspects.size,
    conflictsAt: async (place) => conflictsIn(place === 'hub' ? hub.relay : replica),
    ownChanges: async () => hub.relay.ownSeq(),
  };
});
