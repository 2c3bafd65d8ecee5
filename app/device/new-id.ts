import { createIdSource } from '../../lib/domain/identity.ts';

/** Ids of everything made on this phone: UUIDv7, never backwards within a tab. */
export const newId = createIdSource({
  now: Date.now,
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
});
