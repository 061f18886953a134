/**
 * The parameter block of the sensor kernels: words of 32 bits from address 0, whole numbers unless said otherwise.
 * Addresses count bytes in the kernel's memory. assembly/sensor.ts reads the same words by number.
 */
export const WORD = {
  /** Sensor columns. */
  width: 0,
  /** Values in one coarse row: one per 8 scene columns, and one more. */
  cells: 1,
  /** Scene column (in the row buffers) under the first tap of sensor column 0. */
  lead: 2,
  /** addCoarse: row that is added to, first place in its octave, log2 of the cell, two lattice rows. */
  coarseTarget: 4,
  coarseFirst: 5,
  coarseShift: 6,
  coarseA: 7,
  coarseB: 8,
  /** Real: how far between the two lattice rows; amplitude. */
  coarseDown: 9,
  coarseAmplitude: 10,
  /** texture: coarse rows above and below, of the base light and of the roughness. */
  baseNear: 11,
  baseFar: 12,
  roughNear: 13,
  roughFar: 14,
  /** Real: how far between them. */
  coarseRowDown: 15,
  /** Lattice rows of the octaves with cells of 1, 2 and 4 columns; their `Down` are real. */
  fineOne: 16,
  twoA: 17,
  twoB: 18,
  twoDown: 19,
  fourA: 20,
  fourB: 21,
  fourDown: 22,
  /** The row buffers of base light and grain. */
  base: 23,
  grain: 24,
  /** Real: amplitudes of the three fine octaves. */
  gainOne: 25,
  gainTwo: 26,
  gainFour: 27,
  /** paint: spans of {@link SPAN_WORDS} reals, how many, the three planes, glow along the row, the noise table. */
  spans: 28,
  spanCount: 29,
  planes: 30,
  glow: 31,
  table: 32,
  /** Columns of every row buffer, a multiple of 8. */
  columns: 33,
  /** blur: the ring slot; real: four taps. */
  slot: 34,
  tapsX: 35,
  /** sense: four ring slots; real: four taps; planes of even and odd columns (0 red, 1 green, 2 blue). */
  ring: 39,
  tapsY: 43,
  evenPlane: 47,
  oddPlane: 48,
  /** Real: fall of light in this row. Addresses: fall of light by column, offsets by column. */
  fallRow: 49,
  fallColumns: 50,
  offsets: 51,
  /** Real: electrons per light on even and odd columns; fixed pattern; digits per electron; read noise squared. */
  evenElectrons: 52,
  oddElectrons: 53,
  fixedPattern: 54,
  gain: 55,
  readVariance: 56,
  /** Real: white level and a half. */
  white: 57,
  /** Sixteen seeds each: noise of this frame's row, fixed pattern of this body's row. */
  noiseSeeds: 58,
  patternSeeds: 59,
  out: 60,
  /** Real: one over the standard deviation of a sum of six 16-bit numbers. */
  noiseScale: 61,
} as const;

/** Bytes of the parameter block. */
export const BLOCK_BYTES = 256;

/**
 * One span: x0, x1, level, slope, base gain, grain gain, red, blue, own texture (-1: the scene's), its fraction,
 * glow (1: adds the glow row), unused.
 */
export const SPAN_WORDS = 12;

/** The five steps; each reads its arguments from the parameter block of the memory. */
export interface SensorKernel {
  readonly memory: ArrayBuffer;
  addCoarse(): void;
  texture(): void;
  paint(): void;
  blur(): void;
  sense(): void;
}
