import { BLOCK_BYTES } from './block-bytes.ts';
import { packPanasonic, unpackPanasonic } from './panasonic-blocks.ts';
import type { BlockName } from './sensor-part.ts';
import { chooseSonyRule, packSony, unpackSony } from './sony-block.ts';

/** What one kind of blocks does with its 16 bytes. */
export interface BlockKind {
  /** Samples of one block. */
  readonly samples: number;
  /** Blocks of which each has every so manieth sample: 2 where even and odd columns have blocks of their own. */
  readonly woven: 1 | 2;
  unpack(block: Uint8Array, samples: Uint16Array): void;
  /** Writes all 16 bytes as a body would; samples that no body has give some bytes too. */
  pack(samples: Uint16Array, block: Uint8Array, rule: number): void;
  /** The rule that these blocks follow, as far as one can be told. */
  chooseRule(blocks: Uint8Array): number;
}

const plain = (samples: number, bits: number, isHighFirst: boolean): BlockKind => ({
  samples,
  woven: 1,
  unpack: (block, to) => unpackPlain(block, to, { bits, isHighFirst }),
  pack: (from, block) => packPlain(from, block, { bits, isHighFirst }),
  chooseRule: () => 0,
});

/** Kinds of blocks by name. */
export const BLOCK_KINDS: Readonly<Record<BlockName, BlockKind>> = {
  'sony-16': {
    samples: 16,
    woven: 2,
    unpack: unpackSony,
    pack: packSony,
    chooseRule: chooseSonyRule,
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
  return {
    samples,
    woven: 1,
    unpack: (block, to) => unpackPanasonic(name, block, to),
    pack: (from, block, rule) => packPanasonic(name, { samples: from, rule }, block),
    chooseRule: (blocks) => fewestWrong(name, blocks),
  };
}

/** Whether a difference of nothing is written as nothing (0) or as the middle of all differences (1). */
function fewestWrong(name: BlockName, blocks: Uint8Array): number {
  const kind = BLOCK_KINDS[name];
  const samples = new Uint16Array(kind.samples);
  const again = new Uint8Array(BLOCK_BYTES);
  const wrong = [0, 0];
  for (let at = 0; at + BLOCK_BYTES <= blocks.length; at += BLOCK_BYTES) {
    const block = blocks.subarray(at, at + BLOCK_BYTES);
    kind.unpack(block, samples);
    for (const rule of [0, 1]) {
      kind.pack(samples, again, rule);
      if (again.some((byte, index) => byte !== block[index])) wrong[rule]! += 1;
    }
  }
  return wrong[1]! < wrong[0]! ? 1 : 0;
}

interface Plain {
  readonly bits: number;
  readonly isHighFirst: boolean;
}

function unpackPlain(block: Uint8Array, samples: Uint16Array, { bits, isHighFirst }: Plain): void {
  let held = 0;
  let size = 0;
  let next = 0;
  for (let index = 0; index < samples.length; index++) {
    if (isHighFirst) {
      for (; size < bits; size += 8) held = (held << 8) | block[next++]!;
      size -= bits;
      samples[index] = held >>> size;
      held &= (1 << size) - 1;
    } else {
      for (; size < bits; size += 8) held |= block[next++]! << size;
      samples[index] = held & ((1 << bits) - 1);
      held >>>= bits;
      size -= bits;
    }
  }
}

function packPlain(samples: Uint16Array, block: Uint8Array, { bits, isHighFirst }: Plain): void {
  block.fill(0);
  let held = 0;
  let size = 0;
  let next = 0;
  for (let index = 0; index < samples.length; index++) {
    if (isHighFirst) {
      held = (held << bits) | samples[index]!;
      for (size += bits; size >= 8; held &= (1 << size) - 1) {
        size -= 8;
        block[next++] = held >>> size;
      }
    } else {
      held |= samples[index]! << size;
      for (size += bits; size >= 8; size -= 8, held >>>= 8) block[next++] = held;
    }
  }
  if (size > 0) block[next] = isHighFirst ? held << (8 - size) : held;
}
