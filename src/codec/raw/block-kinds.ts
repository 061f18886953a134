import { BLOCK_BYTES, EXPLICIT } from './block-bytes.ts';
import { panasonicReader, panasonicWriter } from './panasonic-blocks.ts';
import type { BlockName } from './sensor-part.ts';
import { chooseSonyRule, explicitSonyRule, packSony, unpackSony } from './sony-block.ts';

/** What one kind of blocks does with its 16 bytes. */
export interface BlockKind {
  /** Samples of one block. */
  readonly samples: number;
  /** Blocks of which each has every so manieth sample: 2 where even and odd columns have blocks of their own. */
  readonly woven: 1 | 2;
  /** Reads the block that begins at a byte. */
  unpack(bytes: Uint8Array, at: number, samples: Uint16Array): void;
  /** Writes all 16 bytes from a byte on as a body would; samples that no body has give some bytes too. */
  pack(samples: Uint16Array, bytes: Uint8Array, at: number, rule: number): void;
  /** The rule that these blocks follow, as far as one can be told. */
  chooseRule(blocks: Uint8Array): number;
  /** The rule of one block that leaves nothing to choose that its bytes tell; the others are as in the rule given. */
  explicitRule(bytes: Uint8Array, at: number, rule: number): number;
}

/** A rule is less than this. */
export const RULES_END = 2048;

const plain = (samples: number, bits: number, isHighFirst: boolean): BlockKind => ({
  samples,
  woven: 1,
  unpack: isHighFirst
    ? (bytes, at, to) => unpackHigh(bytes, at, to, bits)
    : (bytes, at, to) => unpackLow(bytes, at, to, bits),
  pack: isHighFirst
    ? (from, bytes, at) => packHigh(from, bytes, at, bits)
    : (from, bytes, at) => packLow(from, bytes, at, bits),
  chooseRule: () => 0,
  explicitRule: () => 0,
});

/** Kinds of blocks by name. */
export const BLOCK_KINDS: Readonly<Record<BlockName, BlockKind>> = {
  'sony-16': {
    samples: 16,
    woven: 2,
    unpack: unpackSony,
    pack: packSony,
    chooseRule: chooseSonyRule,
    explicitRule: explicitSonyRule,
  },
  'panasonic-14': panasonic('panasonic-14', 14),
  'panasonic-11-of-14': panasonic('panasonic-11-of-14', 11),
  'panasonic-14-of-12': panasonic('panasonic-14-of-12', 14),
  'low-10-of-12': plain(10, 12, false),
  'low-9-of-14': plain(9, 14, false),
  'high-10-of-12': plain(10, 12, true),
};

function panasonic(
  name: 'panasonic-14' | 'panasonic-11-of-14' | 'panasonic-14-of-12',
  samples: number,
): BlockKind {
  const { unpack, shiftsOf } = panasonicReader(name);
  return {
    samples,
    woven: 1,
    unpack,
    pack: panasonicWriter(name),
    chooseRule: (blocks) => fewestWrong(name, blocks),
    explicitRule: (bytes, at, rule) => EXPLICIT | (shiftsOf(bytes, at) << 2) | (rule & 1),
  };
}

/** Whether a difference of nothing is written as nothing (0) or as the middle of all differences (1). */
function fewestWrong(name: BlockName, blocks: Uint8Array): number {
  const kind = BLOCK_KINDS[name];
  const samples = new Uint16Array(kind.samples);
  const again = new Uint8Array(BLOCK_BYTES);
  const wrong = [0, 0];
  for (let at = 0; at + BLOCK_BYTES <= blocks.length; at += BLOCK_BYTES) {
    kind.unpack(blocks, at, samples);
    for (const rule of [0, 1]) {
      kind.pack(samples, again, 0, rule);
      if (again.some((byte, index) => byte !== blocks[at + index])) wrong[rule]! += 1;
    }
  }
  return wrong[1]! < wrong[0]! ? 1 : 0;
}

function unpackLow(bytes: Uint8Array, at: number, samples: Uint16Array, bits: number): void {
  let held = 0;
  let size = 0;
  let next = at;
  for (let index = 0; index < samples.length; index++) {
    for (; size < bits; size += 8) held |= bytes[next++]! << size;
    samples[index] = held & ((1 << bits) - 1);
    held >>>= bits;
    size -= bits;
  }
}

function unpackHigh(bytes: Uint8Array, at: number, samples: Uint16Array, bits: number): void {
  let held = 0;
  let size = 0;
  let next = at;
  for (let index = 0; index < samples.length; index++) {
    for (; size < bits; size += 8) held = (held << 8) | bytes[next++]!;
    size -= bits;
    samples[index] = held >>> size;
    held &= (1 << size) - 1;
  }
}

function packLow(samples: Uint16Array, bytes: Uint8Array, at: number, bits: number): void {
  bytes.fill(0, at, at + BLOCK_BYTES);
  let held = 0;
  let size = 0;
  let next = at;
  for (let index = 0; index < samples.length; index++) {
    held |= samples[index]! << size;
    for (size += bits; size >= 8; size -= 8, held >>>= 8) bytes[next++] = held;
  }
  if (size > 0) bytes[next] = held;
}

function packHigh(samples: Uint16Array, bytes: Uint8Array, at: number, bits: number): void {
  bytes.fill(0, at, at + BLOCK_BYTES);
  let held = 0;
  let size = 0;
  let next = at;
  for (let index = 0; index < samples.length; index++) {
    held = (held << bits) | samples[index]!;
    for (size += bits; size >= 8; held &= (1 << size) - 1) {
      size -= 8;
      bytes[next++] = held >>> size;
    }
  }
  if (size > 0) bytes[next] = held << (8 - size);
}
