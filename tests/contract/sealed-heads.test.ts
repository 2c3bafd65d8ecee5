import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import { deviceStore } from '../../db/device/device-store.ts';
import { rememberedHeads } from '../../db/device/sealed-heads.ts';
import { exchangeOnce, type Transport } from '../../lib/replication/exchange.ts';
import {
  type ExchangeReply,
  exchangeReplySchema,
  type SealedHead,
} from '../../lib/replication/protocol/exchange-reply.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { aDevice } from '../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../scenario/simulated-world.ts';

const head = (pos: number, mark: string): SealedHead => ({ pos, head: mark.repeat(64) });

/** A phone whose upstream adds to its replies what a test says. */
async function aPhone() {
  const world = aSimulatedWorld(23);
  const north = await world.aClinic('North');
  const nora = await world.aUser('provider', [north]);
  const { database, key } = await aDevice(v7(), () => world.time.ms, world.newId);
  const store = deviceStore(database, key, () => undefined, world.newId);
  const { transport } = world.connect(store, nora, [north]);
  const hears = async (more: Partial<ExchangeReply>) => {
    const told: Transport = async (request) => ({
      ...exchangeReplySchema.parse(await transport(request)),
      ...more,
    });
    await exchangeOnce(store, told, () => world.time.ms, MAX_REPLY_BYTES);
  };
  const { epoch } = world.server.who;
  return { database, hears, epoch, trail: `${north}:trail` };
}

it('a phone remembers of each log the furthest sealed place it was told of', async () => {
  const { database, hears, epoch, trail } = await aPhone();
  await hears({});
  expect(await rememberedHeads(database, epoch)).toEqual([]);
  await hears({ seals: { org: head(3, 'a'), [trail]: head(9, 'b') } });
  await hears({});
  await hears({ seals: { org: head(2, 'c'), [trail]: head(12, 'd') } });
  expect(await rememberedHeads(database, epoch)).toEqual([
    { scope: 'org', ...head(3, 'a') },
    { scope: trail, ...head(12, 'd') },
  ]);
  // A log that was rewritten does not have itself forgotten by sealing the same place again.
  await hears({ seals: { org: head(3, 'e') } });
  expect(await rememberedHeads(database, epoch)).toContainEqual({ scope: 'org', ...head(3, 'a') });
});

it('a hub’s log is another than the server’s: each is remembered by itself', async () => {
  const { database, hears, epoch } = await aPhone();
  const hub = v7();
  await hears({ seals: { org: head(30, 'a') } });
  await hears({ epoch: hub, seals: { org: head(4, 'b') } });
  expect(await rememberedHeads(database, epoch)).toEqual([{ scope: 'org', ...head(30, 'a') }]);
  expect(await rememberedHeads(database, hub)).toEqual([{ scope: 'org', ...head(4, 'b') }]);
});
