/** A whole magnitude in half octaves: 0, 1, then two levels for each doubling. */
export function levelOf(value: number): number {
  if (value < 2) return value;
  const octave = 31 - Math.clz32(value);
  return 1 + 2 * octave + ((value >> (octave - 1)) & 1);
}

/** A magnitude with fraction, finer where it is small: 0 to `most`, which is below 64. */
export function fineLevel(value: number, most = 63): number {
  if (value < 2) return Math.min(most, Math.floor(value * 8));
  if (value < 6) return Math.min(most, 8 + Math.floor(value * 4));
  if (value < 14) return Math.min(most, 20 + Math.floor(value * 2));
  return Math.min(most, 48 + Math.floor(4 * Math.log2(value / 14)));
}

/** The value, or the nearest one that is no further from zero than `most`. */
export function within(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
