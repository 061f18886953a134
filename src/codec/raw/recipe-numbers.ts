import { type NumberReader, putSigned, putUnsigned, takeSigned, takeUnsigned } from '../numbers.ts';
import { RULES_END } from './block-kinds.ts';
import { putCoding, takeCoding } from './coding-numbers.ts';
import { countOf, type Hole, type PartRecipe, type Patch } from './part-samples.ts';
import { blockBytesOf, OWN_RULES_MAX } from './read-blocks.ts';
import { SIDE_MAX, SIDE_MIN } from './sample-plane.ts';
import {
  type BlockRule,
  packedRowBytes,
  type Rectangle,
  SAMPLES_MAX,
  type SampleCoding,
  SEGMENTS_MAX,
} from './sensor-part.ts';

/** Rectangles of one segment. */
const PLACES_MAX = 65;

/** Patches of one hole at most: more than these, and the samples are not understood. */
export const PATCHES_MAX = 100_000;

/** Appends a recipe. */
export function putRecipe(numbers: number[], recipe: PartRecipe): void {
  const { coding } = recipe;
  putUnsigned(numbers, recipe.width);
  putUnsigned(numbers, recipe.height);
  putUnsigned(numbers, recipe.bits);
  putCoding(numbers, coding);
  putUnsigned(numbers, recipe.holes.length);
  let end = 0;
  for (const { offset, length, headBytes, padding, places, rules, patches } of recipe.holes) {
    putSigned(numbers, offset - end);
    end = offset + length;
    putUnsigned(numbers, length);
    putUnsigned(numbers, headBytes);
    putUnsigned(numbers, padding);
    putUnsigned(numbers, places.length);
    for (const { left, top, width, height } of places) {
      for (const value of [left, top, width, height]) putUnsigned(numbers, value);
    }
    if (coding.kind !== 'blocks') continue;
    putUnsigned(numbers, rules.length);
    for (const { gap, rule } of rules) {
      putUnsigned(numbers, gap);
      putUnsigned(numbers, rule);
    }
    putUnsigned(numbers, patches.length);
    for (const { gap, flip } of patches) {
      putUnsigned(numbers, gap);
      putUnsigned(numbers, flip);
    }
  }
}

/** Reads a recipe for a file of so many bytes; null where it makes no sense: every number is checked here. */
export function takeRecipe(source: NumberReader, fileBytes: number): PartRecipe | null {
  const width = takeUnsigned(source);
  const height = takeUnsigned(source);
  const bits = takeUnsigned(source);
  if (width < SIDE_MIN || width > SIDE_MAX || height < SIDE_MIN || height > SIDE_MAX) return null;
  // Every sample takes a bit of the file at least.
  if (width * height > Math.min(SAMPLES_MAX, fileBytes * 8) || bits < 8 || bits > 16) return null;
  const coding = takeCoding(source);
  const count = takeUnsigned(source);
  if (coding === null || count > SEGMENTS_MAX) return null;
  // Makers' own codings fill one strip; tables for each of thousands would take their time.
  const isTiled = coding.kind === 'packed' || coding.kind.startsWith('lossless');
  if (!isTiled && count > 1) return null;
  const holes: Hole[] = [];
  let end = 0;
  let samples = 0;
  for (let index = 0; index < count; index++) {
    const hole = takeHole(source, end, coding);
    if (hole === null || !fits(hole, { width, height, coding, fileBytes })) return null;
    samples += countOf(hole.places);
    // Places may not overlap so much that a small plane makes a long file.
    if (samples > width * height) return null;
    holes.push(hole);
    end = hole.offset + hole.length;
  }
  return source.isOver ? null : { width, height, bits, coding, holes };
}

function takeHole(source: NumberReader, end: number, coding: SampleCoding): Hole | null {
  const offset = end + takeSigned(source);
  const length = takeUnsigned(source);
  const headBytes = takeUnsigned(source);
  const padding = takeUnsigned(source);
  const count = takeUnsigned(source);
  if (padding > 1 || count < 1 || count > PLACES_MAX) return null;
  const places: Rectangle[] = [];
  for (let index = 0; index < count; index++) {
    const left = takeUnsigned(source);
    const top = takeUnsigned(source);
    const width = takeUnsigned(source);
    const height = takeUnsigned(source);
    places.push({ left, top, width, height });
  }
  const rules = coding.kind === 'blocks' ? takeRules(source) : [];
  const patches = coding.kind === 'blocks' ? takePatches(source, length) : [];
  if (rules === null || patches === null) return null;
  return { offset, length, headBytes, padding: padding === 1 ? 1 : 0, places, rules, patches };
}

function takeRules(source: NumberReader): BlockRule[] | null {
  const count = takeUnsigned(source);
  if (count > OWN_RULES_MAX) return null;
  const rules: BlockRule[] = [];
  for (let index = 0; index < count; index++) {
    const gap = takeUnsigned(source);
    const rule = takeUnsigned(source);
    if (rule >= RULES_END || source.isOver) return null;
    rules.push({ gap, rule });
  }
  return rules;
}

function takePatches(source: NumberReader, length: number): Patch[] | null {
  const count = takeUnsigned(source);
  if (count > PATCHES_MAX) return null;
  const patches: Patch[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const gap = takeUnsigned(source);
    const flip = takeUnsigned(source);
    at += gap;
    if (at >= length || flip > 255 || source.isOver) return null;
    patches.push({ gap, flip });
  }
  return patches;
}

function fits(
  { offset, length, headBytes, places }: Hole,
  recipe: Pick<PartRecipe, 'width' | 'height' | 'coding'> & { readonly fileBytes: number },
): boolean {
  const { coding } = recipe;
  if (offset < headBytes || offset + length > recipe.fileBytes) return false;
  const isInside = places.every(({ left, top, width, height }) => {
    return width > 0 && left + width <= recipe.width && top + height <= recipe.height;
  });
  if (!isInside || coding.kind.startsWith('lossless')) return isInside;
  const [place] = places;
  if (place === undefined || places.length !== 1 || headBytes !== 0) return false;
  if (coding.kind === 'packed') {
    const isRoomy = coding.rowBytes >= packedRowBytes(place.width, coding.storedBits);
    return isRoomy && length === coding.rowBytes * place.height;
  }
  if (coding.kind !== 'blocks') return place.width >= 2;
  const whole = blockBytesOf(coding, place);
  // The last 16 KB of turned blocks may end with the file.
  const missing = whole === null ? -1 : whole - length;
  return coding.isTurned ? missing >= 0 && missing < 0x4000 : missing === 0;
}
