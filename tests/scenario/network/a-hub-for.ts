import type { Sender } from '../../../lib/domain/world.ts';
import { exchangeUntilQuiet } from '../../../lib/replication/exchange.ts';
import type { Network } from './a-network.ts';

/** A hub that has heard of its root's life; a phone's line to it, and its own catching up with the root. */
export function aHubFor(network: Network, clinicIds: string[], phone: Sender) {
  const hub = network.aHub(clinicIds, false);
  const { rootEpoch } = network.server.replica.who;
  hub.relay.who = { ...hub.relay.who, rootEpoch };
  return {
    ...hub,
    forPhone: network.lineTo(() => hub.relay, phone),
    toRoot: () => exchangeUntilQuiet(hub.relay, hub.line, () => network.time.ms),
  };
}
