/** Seeded chance: the same seed gives the same clinic (mulberry32, public domain). */
export function diceOf(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const between = (from: number, to: number) => from + below(to - from + 1);
  const decimals = (value: number, places: number) => Number(value.toFixed(places));
  return {
    below,
    /** A whole number, both ends included. */
    between,
    /** A number between the ends, with so many decimals. */
    within: (from: number, to: number, places = 1) => decimals(from + next() * (to - from), places),
    chance: (share: number) => next() < share,
    pick: <T>(list: readonly T[]): T => list[below(list.length)]!,
    digits: (count: number) => Array.from({ length: count }, () => below(10)).join(''),
    bytes: (count: number) => Uint8Array.from({ length: count }, () => below(256)),
    shuffled: <T>(list: readonly T[]): T[] => {
      const mixed = [...list];
      for (let last = mixed.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
      }
      return mixed;
    },
  };
}
export type Dice = ReturnType<typeof diceOf>;
