import { BLOCK_BYTES } from './block-bytes.ts';
import { BLOCK_KINDS } from './block-kinds.ts';
import type { BlockCoding, BlockRule, Rectangle } from './sensor-part.ts';

type Size = Pick<Rectangle, 'width' | 'height'>;

/** Bytes whose two parts change places in Panasonic files, and the length of the part that comes first in the file. */
const TURN_BYTES = 0x4000;
const TURN_FIRST = 0x1ff8;

/** Bytes of all blocks of a picture; null where its rows do not end with a block. */
export function blockBytesOf({ block, isTurned }: BlockCoding, size: Size): number | null {
  const { samples, woven } = BLOCK_KINDS[block];
  if (size.width % (samples * woven) !== 0) return null;
  const bytes = (size.width / samples) * size.height * BLOCK_BYTES;
  return isTurned ? Math.ceil(bytes / TURN_BYTES) * TURN_BYTES : bytes;
}

/** Changes the two parts of each 16 KB; `isBack`: as they stand in the file. */
function turn(bytes: Uint8Array, isBack: boolean): Uint8Array {
  const turned = new Uint8Array(Math.ceil(bytes.length / TURN_BYTES) * TURN_BYTES);
  const whole = bytes.length === turned.length ? bytes : new Uint8Array(turned.length);
  if (whole !== bytes) whole.set(bytes);
  const first = isBack ? TURN_BYTES - TURN_FIRST : TURN_FIRST;
  for (let at = 0; at < turned.length; at += TURN_BYTES) {
    turned.set(whole.subarray(at + first, at + TURN_BYTES), at);
    turned.set(whole.subarray(at, at + first), at + TURN_BYTES - first);
  }
  return turned;
}

/** Reads the samples of all blocks, row by row. */
export function readBlocks(bytes: Uint8Array, coding: BlockCoding, size: Size): Uint16Array {
  const kind = BLOCK_KINDS[coding.block];
  const { width, height } = size;
  const plain = coding.isTurned ? turn(bytes, false) : bytes;
  const samples = new Uint16Array(width * height);
  const some = new Uint16Array(kind.samples);
  eachBlock(coding, size, (number, at) => {
    if (number * BLOCK_BYTES + BLOCK_BYTES > plain.length) return;
    kind.unpack(plain, number * BLOCK_BYTES, some);
    for (let index = 0; index < some.length; index++)
      samples[at + index * kind.woven] = some[index]!;
  });
  return samples;
}

/** Writes the samples of all blocks into a space as long as they are, or shorter by what its end does not have. */
export function writeBlocks(
  space: Uint8Array,
  coding: BlockCoding,
  scan: Size & { readonly samples: Uint16Array; readonly rules: readonly BlockRule[] },
): void {
  const kind = BLOCK_KINDS[coding.block];
  const plain = coding.isTurned
    ? new Uint8Array(Math.ceil(space.length / TURN_BYTES) * TURN_BYTES)
    : space;
  const some = new Uint16Array(kind.samples);
  const { rules } = scan;
  let next = 0;
  let special = rules[0]?.gap ?? Number.NaN;
  eachBlock(coding, scan, (number, at) => {
    for (let index = 0; index < some.length; index++) {
      some[index] = scan.samples[at + index * kind.woven]!;
    }
    const from = number * BLOCK_BYTES;
    if (from + BLOCK_BYTES > plain.length) return;
    const isOwn = number === special;
    kind.pack(some, plain, from, isOwn ? rules[next]!.rule : coding.rule);
    if (isOwn) special += rules[++next]?.gap ?? Number.NaN;
  });
  if (coding.isTurned) space.set(turn(plain, true).subarray(0, space.length));
}

/** Calls with the number of each block and the place of its first sample. */
function eachBlock(
  { block }: BlockCoding,
  { width, height }: Size,
  act: (number: number, at: number) => void,
): void {
  const { samples, woven } = BLOCK_KINDS[block];
  const across = Math.floor(width / samples);
  for (let row = 0; row < height; row++) {
    for (let index = 0; index < across; index++) {
      const group = Math.floor(index / woven);
      act(row * across + index, row * width + group * samples * woven + (index % woven));
    }
  }
}

/** The blocks that are not what a writer makes of their samples, each with the rule that its own bytes tell. */
export function ownRules(
  bytes: Uint8Array,
  coding: BlockCoding,
  scan: Size & { readonly samples: Uint16Array },
): readonly BlockRule[] {
  const kind = BLOCK_KINDS[coding.block];
  const plain = coding.isTurned ? turn(bytes, false) : bytes;
  const some = new Uint16Array(kind.samples);
  const made = new Uint8Array(BLOCK_BYTES);
  const rules: BlockRule[] = [];
  let before = 0;
  eachBlock(coding, scan, (number, at) => {
    const from = number * BLOCK_BYTES;
    if (from + BLOCK_BYTES > plain.length || rules.length === OWN_RULES_MAX) return;
    for (let index = 0; index < some.length; index++) {
      some[index] = scan.samples[at + index * kind.woven]!;
    }
    kind.pack(some, made, 0, coding.rule);
    let same = 0;
    while (same < BLOCK_BYTES && made[same] === plain[from + same]) same += 1;
    if (same === BLOCK_BYTES) return;
    const rule = kind.explicitRule(plain, from, coding.rule);
    if (rule === coding.rule) return;
    rules.push({ gap: number - before, rule });
    before = number;
  });
  return rules;
}

/** Blocks with a rule of their own at most. */
export const OWN_RULES_MAX = 400_000;

/** Blocks that a rule is told from, at most. */
const BLOCKS_SEEN = 20_000;

/** The coding with the rule that these bytes follow. */
export function withRule(bytes: Uint8Array, coding: BlockCoding): BlockCoding {
  const kind = BLOCK_KINDS[coding.block];
  const plain = coding.isTurned ? turn(bytes.subarray(0, BLOCKS_SEEN * BLOCK_BYTES), false) : bytes;
  const blocks = Math.floor(plain.length / BLOCK_BYTES);
  const step = Math.max(1, Math.floor(blocks / BLOCKS_SEEN));
  const seen = new Uint8Array(Math.floor(blocks / step) * BLOCK_BYTES);
  for (let at = 0; at < seen.length; at += BLOCK_BYTES) {
    seen.set(plain.subarray(at * step, at * step + BLOCK_BYTES), at);
  }
  return { ...coding, rule: kind.chooseRule(seen) };
}
