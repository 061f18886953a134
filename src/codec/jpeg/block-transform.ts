/** cos(m * pi / 16) for m from 0 to 8: written out, since engines may differ in the last digit of a cosine. */
const COSINES = [
  1,
  0.9807852804032304,
  0.9238795325112867,
  0.8314696123025452,
  Math.SQRT1_2,
  0.5555702330196022,
  0.3826834323650898,
  0.19509032201612825,
  0,
];

/** By frequency, then place: the weight of a cosine (T.81 A.3.3). */
const WEIGHTS: Float64Array = Float64Array.from({ length: 64 }, (_weight, index) => {
  const frequency = index >> 3;
  if (frequency === 0) return COSINES[4]! / 2;
  const turned = ((2 * (index & 7) + 1) * frequency) % 32;
  const folded = turned > 16 ? 32 - turned : turned;
  return (folded > 8 ? -COSINES[16 - folded]! : COSINES[folded]!) / 2;
});

const BETWEEN = new Float64Array(64);

/**
 * The frequencies of a block of 8 x 8 samples, by plain sums and products in a fixed order: the same on every machine.
 * @param samples 64, row by row @param into 64 frequencies in natural order
 */
export function toFrequencies(samples: Float64Array, into: Float64Array): void {
  for (let row = 0; row < 64; row += 8) {
    for (let u = 0; u < 64; u += 8) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += samples[row + x]! * WEIGHTS[u + x]!;
      BETWEEN[row + (u >> 3)] = sum;
    }
  }
  for (let u = 0; u < 8; u++) {
    for (let v = 0; v < 64; v += 8) {
      let sum = 0;
      for (let y = 0; y < 8; y++) sum += BETWEEN[y * 8 + u]! * WEIGHTS[v + y]!;
      into[v + u] = sum;
    }
  }
}

/** The samples of a block's frequencies, as {@link toFrequencies} would take them; most frequencies are nothing. */
export function toSamples(frequencies: Float64Array, into: Float64Array): void {
  into.fill(0);
  for (let v = 0; v < 8; v++) {
    const line = v * 8;
    let isEmpty = true;
    for (let u = 0; u < 8; u++) {
      const value = frequencies[line + u]!;
      if (value === 0) continue;
      if (isEmpty) BETWEEN.fill(0, 0, 8);
      isEmpty = false;
      for (let x = 0; x < 8; x++) BETWEEN[x] = BETWEEN[x]! + value * WEIGHTS[u * 8 + x]!;
    }
    if (isEmpty) continue;
    for (let y = 0; y < 8; y++) {
      const weight = WEIGHTS[line + y]!;
      for (let x = 0; x < 8; x++) into[y * 8 + x] = into[y * 8 + x]! + BETWEEN[x]! * weight;
    }
  }
}
