import { type DownstreamStore, exchangeOnce, type Transport } from '../../lib/replication/exchange.ts';
import { exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Random } from './random.ts';

/** Who asks over a line: its store, its clock, and what is saved there while a reply is on its way. */
export interface Asker {
  readonly store: DownstreamStore;
  readonly clock: () => number;
  readonly meanwhile: () => void | Promise<void>;
}

const lost = () => Promise.reject(new TypeError('cut'));

function unlessCut(fault: unknown): void {
  if (!(fault instanceof TypeError && fault.message === 'cut')) throw fault;
}

/**
 * Exchanges over lines that are through, cut before or after the upstream had the request, delivered twice, overtaken
 * by a save, or too late: given up, and coming all the same after whatever was exchanged meanwhile.
 */
export function badLines(random: Random, count: (fault: string) => void = () => undefined) {
  const late: { store: DownstreamStore; arrive: () => Promise<void> }[] = [];

  function over(line: Transport, { store, clock, meanwhile }: Asker): Transport {
    const keep: Transport = async (request) => {
      const { version } = await store.readOutgoing({ maxChanges: 1, maxBytes: 1 });
      const sentMs = clock();
      const reply = exchangeReplySchema.parse(await line(request));
      late.push({ store, arrive: () => store.applyReply(reply, { sentMs, receivedMs: clock(), version }) });
      return lost();
    };
    const [fault, made] = random.pick<[string, Transport]>([
      ['', line],
      ['', line],
      ['', line],
      ['request cut', lost],
      ['reply cut', (request) => line(request).then(lost)],
      ['request twice', (request) => line(request).then(() => line(request))],
      ['save meanwhile', (request) => line(request).finally(meanwhile)],
      ['reply late', keep],
    ]);
    if (fault !== '') count(fault);
    return made;
  }

  return {
    async exchange(line: Transport, asker: Asker): Promise<void> {
      const [maxBytes, again] = [random.pick([1024, 4096, 32_768]), random.chance(0.3)];
      await exchangeOnce(asker.store, over(line, asker), asker.clock, maxBytes, again).catch(unlessCut);
    },
    /** One of the replies that are late comes now. */
    async lateReply(): Promise<void> {
      if (late.length > 0) await late.splice(random.below(late.length), 1)[0]!.arrive();
    },
    /** It was set back to another day: what it had asked since reaches nobody. */
    forget(store: DownstreamStore): void {
      for (const [index, one] of [...late.entries()].reverse()) if (one.store === store) late.splice(index, 1);
    },
  };
}
