/** Numbers in [0, 1) that are the same for the same seed (mulberry32 by T. Ettinger, public domain). */
export type SeededRandom = () => number;

/** Makes a source of numbers from a seed. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 up to, but not including, the limit. */
export function pickBelow(random: SeededRandom, limit: number): number {
  return Math.floor(random() * limit);
}
