import { type ByteKernel, BYTE_PLACE as PLACE, BYTE_WORD as WORD } from './byte-model-block.ts';
import { byteKernel } from './byte-model-kernel.ts';

/** Codes bytes bit by bit by a model that learns: a binary arithmetic coder of 32 bits without carries. */
export interface ByteCoder {
  /** Null where the bytes do not get fewer. */
  encode(bytes: Uint8Array): Uint8Array | null;
  /** Decodes `length` bytes; damaged bytes give other bytes, never trouble. */
  decode(coded: Uint8Array, length: number): Uint8Array;
}

/**
 * Makes the coder. Its memory is as large as the longest input and output were.
 * @param primer bytes that the model sees before the first one
 * @param make the compiled kernel, or its plain twin, which gives the same results
 */
export function openByteCoder(primer: Uint8Array, make: () => ByteKernel = byteKernel): ByteCoder {
  const kernel = make();
  fillTables(kernel.memory(PLACE.free));
  placeInput(kernel, primer, primer.length, 0);
  kernel.encode();
  const primed = new Uint8Array(kernel.memory(PLACE.free)).slice(PLACE.model, PLACE.free);
  return {
    encode: (bytes) => {
      const { memory, words } = placeInput(kernel, bytes, bytes.length, bytes.length);
      memory.set(primed, PLACE.model);
      const out = words[WORD.out]!;
      kernel.encode();
      const end = words[WORD.out]!;
      return end - out < bytes.length ? memory.slice(out, end) : null;
    },
    decode: (coded, length) => {
      const { memory, words } = placeInput(kernel, coded, length, length);
      memory.set(primed, PLACE.model);
      const out = words[WORD.out]!;
      kernel.decode();
      return memory.slice(out, out + length);
    },
  };
}

interface Placed {
  readonly memory: Uint8Array;
  readonly words: Int32Array;
}

/** Puts the input into the memory, with room for the output behind it. */
function placeInput(kernel: ByteKernel, input: Uint8Array, length: number, room: number): Placed {
  const inEnd = PLACE.free + input.length;
  const buffer = kernel.memory(inEnd + room);
  const memory = new Uint8Array(buffer);
  const words = new Int32Array(buffer, 0, 16);
  memory.set(input, PLACE.free);
  words[WORD.length] = length;
  words[WORD.in] = PLACE.free;
  words[WORD.inEnd] = inEnd;
  words[WORD.out] = inEnd;
  words[WORD.outEnd] = inEnd + room;
  return { memory, words };
}

/** Fills the tables, and the model as it is before the first byte: each bit may be either. */
function fillTables(memory: ArrayBuffer): void {
  new Uint8Array(memory, PLACE.shares, SHARES.length).set(SHARES);
  const squash = makeSquash();
  const stretch = makeStretch(squash);
  new Int16Array(memory, PLACE.squash, 4096).set(squash);
  new Int16Array(memory, PLACE.stretch, 4096).set(stretch);
  new Int32Array(memory, PLACE.weights, 256 * 4).fill(22_000);
  const half = (32_768 << 16) | (stretch[2048]! << 4);
  new Int32Array(memory, PLACE.none, (PLACE.free - PLACE.none) >> 2).fill(half);
}

/** A half of the error at first, a 32nd in the end. */
const SHARES = Uint8Array.of(16, 8, 8, 4, 4, 4, 2, 2, 2, 2, 2, 1);

/**
 * The chance, in 1/4096, that belongs to each odds' logarithm in 1/256: by interpolation between 33 points of
 * 4096 / (1 + e^-x), whole numbers so that every machine has the same.
 */
function makeSquash(): Int16Array {
  const points = [
    ...[1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047],
    ...[2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093],
    4094,
  ];
  return Int16Array.from({ length: 4096 }, (_chance, index) => {
    const part = index & 127;
    const at = index >> 7;
    return (points[at]! * (128 - part) + points[at + 1]! * part + 64) >> 7;
  });
}

/** The inverse of the squash. */
function makeStretch(squash: Int16Array): Int16Array {
  const table = new Int16Array(4096);
  let next = 0;
  for (let value = -2047; value <= 2047; value++) {
    const chance = squash[value + 2048]!;
    while (next <= chance) table[next++] = value;
  }
  table.fill(2047, next);
  return table;
}
