/** Bits of one sample. */
export type SampleBits = 12 | 14;

/** What the sensor and its amplifier do at one ISO setting; every number of the noise is here. */
export interface NoiseModel {
  readonly bits: SampleBits;
  /** Digits per electron. */
  readonly gain: number;
  /** Standard deviation of the read noise, in electrons. */
  readonly readNoise: number;
  /** Standard deviation of the samples' sensitivities, as a share: the same in every frame of one body. */
  readonly fixedPattern: number;
  /** Standard deviation of the columns' offsets, in digits: the same in every frame of one body. */
  readonly columnSigma: number;
  readonly blackLevel: number;
  /** The largest value there is: lights above it clip. */
  readonly whiteLevel: number;
}

/** ISO of the lowest gain. */
const BASE_ISO = 64;

/**
 * The noise model of a body with these bits at this ISO, in the order of size of a full-frame sensor of 2020:
 * 0.27 digits (of 14 bits) per electron at ISO 64 and in proportion above; read noise 2 electrons before the amplifier
 * and 3 after it, so 3.6 at ISO 64 and 2.0 at ISO 3200; fixed pattern 0.4 %.
 */
export function noiseModel(bits: SampleBits, iso: number): NoiseModel {
  const amplification = iso / BASE_ISO;
  const perBits = bits === 14 ? 1 : 0.25;
  const full = 2 ** bits;
  return {
    bits,
    gain: 0.27 * amplification * perBits,
    readNoise: Math.sqrt(4 + 9 / (amplification * amplification)),
    fixedPattern: 0.004,
    columnSigma: 0.35 * perBits * Math.sqrt(amplification),
    blackLevel: bits === 14 ? 1008 : 252,
    whiteLevel: full - 1 - full / 32,
  };
}

/**
 * Standard deviation, in digits, of the noise of a sample whose mean value is `level`: photons, read noise and rounding
 * (1/12 of a digit squared). The noise is new in every sample; the fixed pattern comes on top, see
 * {@link patternSigmaAt}. Above 1 digit no lossless coder gets below log2(4.133 * sigma) bits on average.
 */
export function noiseSigmaAt(model: NoiseModel, level: number): number {
  const electrons = Math.max(0, (level - model.blackLevel) / model.gain);
  const variance = electrons + model.readNoise * model.readNoise;
  return Math.sqrt(model.gain * model.gain * variance + 1 / 12);
}

/** Standard deviation, in digits, of the body's fixed pattern at a mean value: the same in all its frames. */
export function patternSigmaAt(model: NoiseModel, level: number): number {
  const signal = Math.max(0, level - model.blackLevel);
  return Math.hypot(model.fixedPattern * signal, model.columnSigma);
}
