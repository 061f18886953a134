import { type ByteKernel, BYTE_PLACE as PLACE, BYTE_WORD as WORD } from './byte-model-block.ts';

/** The byte coder in plain TypeScript: the same results as the compiled one, and readable. */
export function plainByteKernel(): ByteKernel {
  let memory = new ArrayBuffer(PLACE.free);
  return {
    memory: (bytes) => {
      if (bytes <= memory.byteLength) return memory;
      const grown = new ArrayBuffer(bytes);
      new Uint8Array(grown).set(new Uint8Array(memory));
      memory = grown;
      return memory;
    },
    encode: () => encode(memory),
    decode: () => decode(memory),
  };
}

function encode(memory: ArrayBuffer): void {
  const bytes = new Uint8Array(memory);
  const words = new Int32Array(memory, 0, 16);
  const model = openModel(memory);
  let low = 0;
  let high = 0xffffffff;
  let at = words[WORD.in]!;
  let out = words[WORD.out]!;
  const give = (byte: number): void => {
    if (out < words[WORD.outEnd]!) bytes[out] = byte;
    out += 1;
  };
  for (const end = at + words[WORD.length]!; at < end; at++) {
    for (let left = 7; left >= 0; left--) {
      const bit = (bytes[at]! >> left) & 1;
      const middle = low + Math.floor((high - low) / 4096) * guessBit(model);
      if (bit === 1) high = middle;
      else low = middle + 1;
      learnBit(model, bit);
      while ((low ^ high) >>> 24 === 0) {
        give(high >>> 24);
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
  }
  give((low >>> 24) + 1);
  words[WORD.out] = out;
}

function decode(memory: ArrayBuffer): void {
  const bytes = new Uint8Array(memory);
  const words = new Int32Array(memory, 0, 16);
  const model = openModel(memory);
  let low = 0;
  let high = 0xffffffff;
  let code = 0;
  let at = words[WORD.in]!;
  const take = (): void => {
    code = ((code << 8) | (at < words[WORD.inEnd]! ? bytes[at]! : 0)) >>> 0;
    at += 1;
  };
  for (let index = 0; index < 4; index++) take();
  const out = words[WORD.out]!;
  for (let index = 0; index < words[WORD.length]!; index++) {
    for (let left = 7; left >= 0; left--) {
      const middle = low + Math.floor((high - low) / 4096) * guessBit(model);
      const bit = code <= middle ? 1 : 0;
      if (bit === 1) high = middle;
      else low = middle + 1;
      learnBit(model, bit);
      while ((low ^ high) >>> 24 === 0) {
        take();
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
    bytes[out + index] = model.last[0]! & 255;
  }
  words[WORD.out] = out + words[WORD.length]!;
}

interface Model {
  /** The last three bytes. */
  readonly last: Int32Array;
  readonly weights: Int32Array;
  readonly shares: Uint8Array;
  readonly stretch: Int16Array;
  readonly squash: Int16Array;
  /** The whole memory as words: contexts are found by their places. */
  readonly words: Uint32Array;
  /** The contexts of the bit to come. */
  readonly places: Int32Array;
  /** This byte's bits behind a 1. */
  bits: number;
  /** The chance of a 1 that was guessed, in 1/4096. */
  chance: number;
}

function openModel(memory: ArrayBuffer): Model {
  return {
    last: new Int32Array(memory, PLACE.model, 1),
    weights: new Int32Array(memory, PLACE.weights, 256 * 4),
    shares: new Uint8Array(memory, PLACE.shares, 16),
    stretch: new Int16Array(memory, PLACE.stretch, 4096),
    squash: new Int16Array(memory, PLACE.squash, 4096),
    words: new Uint32Array(memory, 0, PLACE.free >> 2),
    places: new Int32Array(4),
    ...{ bits: 1, chance: 0 },
  };
}

function guessBit(model: Model): number {
  const { words, places, weights, squash, bits } = model;
  const last = model.last[0]!;
  const two = (Math.imul(last & 0xffff, 0x9e3779b1) >>> 13) + Math.imul(bits, 0x2f0b);
  const three = (Math.imul(last, 0x85ebca6b) >>> 11) + Math.imul(bits, 0x5bd1);
  places[0] = (PLACE.none >> 2) + bits;
  places[1] = (PLACE.one >> 2) + (((last & 255) << 8) | bits);
  places[2] = (PLACE.two >> 2) + (two & 0xffff);
  places[3] = (PLACE.three >> 2) + (three & 0xffff);
  // Weights may get large: the sum has more than 32 bits, and no more than a double keeps.
  let sum = 0;
  for (let order = 0; order < 4; order++) {
    sum += oddsOf(words[places[order]!]!) * weights[bits * 4 + order]!;
  }
  const mixed = Math.max(-2047, Math.min(2047, Math.floor(sum / 65_536)));
  model.chance = squash[mixed + 2048]!;
  return model.chance;
}

/** The logarithm of a context's odds: 12 bits with a sign. */
function oddsOf(context: number): number {
  return (context << 16) >> 20;
}

function learnBit(model: Model, bit: number): void {
  const { words, places, weights, shares, stretch, bits } = model;
  const error = ((bit << 12) - model.chance) * 6;
  const goal = bit === 1 ? 65_535 : 0;
  for (let order = 0; order < 4; order++) {
    const context = words[places[order]!]!;
    weights[bits * 4 + order]! += (oddsOf(context) * error + 0x2000) >> 14;
    const count = context & 15;
    const chance = context >>> 16;
    const learned = chance + (((goal - chance) * shares[count]!) >> 5);
    const odds = stretch[learned >> 4]! & 0xfff;
    words[places[order]!] = (learned << 16) | (odds << 4) | Math.min(count + 1, 11);
  }
  model.bits = (bits << 1) | bit;
  if (model.bits < 256) return;
  model.last[0] = ((model.last[0]! << 8) | (model.bits & 255)) & 0xffffff;
  model.bits = 1;
}
