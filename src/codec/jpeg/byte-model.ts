import { PRIMER } from './primer.ts';

/** Contexts of the three tables: this byte's bits so far behind one, two and three bytes. */
const TABLE_BITS = 16;

/** Coded bits of a chance. */
const CHANCE_BITS = 12;

/** How a model of bytes stands: what the next bit is likely to be. */
export interface ByteModel {
  /** Chances of a 1 in 1/65536, and how often each was met: a table for each order, one after the other. */
  readonly chances: Uint16Array;
  readonly times: Uint8Array;
  readonly weights: Int32Array;
  /** The places in the tables and their chances for the bit to come. */
  readonly places: Int32Array;
  readonly stretched: Int32Array;
  /** This byte's bits behind a 1; the last three bytes. */
  bits: number;
  last: number;
  /** The chance of a 1, in 1/4096. */
  chance: number;
}

/** A model that has seen what most JPEG headers have: the tables of T.81 annex K. */
export function openByteModel(): ByteModel {
  const { chances, times, weights, places, stretched, ...rest } = PRIMED;
  return {
    chances: chances.slice(),
    times: times.slice(),
    weights: weights.slice(),
    places: places.slice(),
    stretched: stretched.slice(),
    ...rest,
  };
}

function primeModel(): ByteModel {
  const model: ByteModel = {
    chances: new Uint16Array(4 << TABLE_BITS).fill(32768),
    times: new Uint8Array(4 << TABLE_BITS),
    weights: new Int32Array(256 * 4).fill(22_000),
    places: new Int32Array(4),
    stretched: new Int32Array(4),
    ...{ bits: 1, last: 0, chance: 2048 },
  };
  guess(model);
  for (const byte of PRIMER) {
    for (let bit = 7; bit >= 0; bit--) learnBit(model, (byte >> bit) & 1);
  }
  return model;
}

/** Takes the bit that came and guesses the next one. */
export function learnBit(model: ByteModel, bit: number): void {
  const { chances, times, weights, places, stretched } = model;
  const error = ((bit << CHANCE_BITS) - model.chance) * 6;
  const set = model.bits * 4;
  const goal = bit === 1 ? 65_535 : 0;
  for (let order = 0; order < 4; order++) {
    weights[set + order]! += (stretched[order]! * error + 0x2000) >> 14;
    const place = places[order]!;
    const count = times[place]!;
    const chance = chances[place]!;
    chances[place] = chance + ((goal - chance) >> RATES[count]!);
    if (count < RATES.length - 1) times[place] = count + 1;
  }
  model.bits = (model.bits << 1) | bit;
  if (model.bits > 255) {
    model.last = ((model.last << 8) | (model.bits & 255)) & 0xffffff;
    model.bits = 1;
  }
  guess(model);
}

const RATES = Uint8Array.of(1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5);

function guess(model: ByteModel): void {
  const { chances, weights, places, stretched, bits, last } = model;
  const mask = (1 << TABLE_BITS) - 1;
  const two = (Math.imul(last & 0xffff, 0x9e3779b1) >>> 13) + Math.imul(bits, 0x2f0b);
  const three = (Math.imul(last, 0x85ebca6b) >>> 11) + Math.imul(bits, 0x5bd1);
  places[0] = bits;
  places[1] = (1 << TABLE_BITS) + (((last & 255) << 8) | bits);
  places[2] = (2 << TABLE_BITS) + (two & mask);
  places[3] = (3 << TABLE_BITS) + (three & mask);
  let sum = 0;
  for (let order = 0; order < 4; order++) {
    const value = STRETCH[chances[places[order]!]! >> 4]!;
    stretched[order] = value;
    sum += value * weights[bits * 4 + order]!;
  }
  // Weights are in 1/65536.
  const mixed = Math.max(-2047, Math.min(2047, Math.floor(sum / 65_536)));
  model.chance = SQUASH[mixed + 2048]!;
}

/** The chance, in 1/4096, that belongs to each odds' logarithm in 1/256. */
const SQUASH = makeSquash();
const STRETCH = makeStretch();

/** By interpolation between 33 points of 4096 / (1 + e^-x), whole numbers so that every machine has the same. */
function makeSquash(): Int32Array {
  const points = [
    ...[1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047],
    ...[2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093],
    4094,
  ];
  return Int32Array.from({ length: 4096 }, (_chance, index) => {
    const part = index & 127;
    const at = index >> 7;
    return (points[at]! * (128 - part) + points[at + 1]! * part + 64) >> 7;
  });
}

/** The inverse of the squash. */
function makeStretch(): Int32Array {
  const table = new Int32Array(4096);
  let next = 0;
  for (let value = -2047; value <= 2047; value++) {
    const chance = SQUASH[value + 2048]!;
    while (next <= chance) table[next++] = value;
  }
  table.fill(2047, next);
  return table;
}

const PRIMED = primeModel();
