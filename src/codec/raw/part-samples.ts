import { readCoded, writeCoded } from './coded-samples.ts';
import { packSegment, unpackSegment } from './packing.ts';
import type { SamplePlane } from './sample-plane.ts';
import type { BlockRule, Rectangle, SampleCoding } from './sensor-part.ts';

/** Bytes of a file that follow from samples. */
export interface Hole {
  readonly offset: number;
  readonly length: number;
  /** Lossless JPEG: bytes of the header that stands before the hole; otherwise 0. */
  readonly headBytes: number;
  readonly padding: 0 | 1;
  readonly places: readonly Rectangle[];
  /** Blocks that follow another rule than their coding's. */
  readonly rules: readonly BlockRule[];
  /** Bytes that are not what a writer makes of the samples. */
  readonly patches: readonly Patch[];
}

/** A byte that is another than a writer makes: how far behind the one before (or the hole's first), and what differs. */
export interface Patch {
  readonly gap: number;
  readonly flip: number;
}

/** One picture of a sensor: all that is needed to put its samples back into the file. */
export interface PartRecipe {
  readonly width: number;
  readonly height: number;
  /** Bits that every sample fits in, at least 8. */
  readonly bits: number;
  readonly coding: SampleCoding;
  readonly holes: readonly Hole[];
}

/** A plane for a recipe, all zeros. */
export function emptyPlane({ width, height, bits }: Omit<PartRecipe, 'holes'>): SamplePlane {
  return { width, height, bits, samples: new Uint16Array(width * height) };
}

/** Reads the samples of a whole file into a plane; false where the file is not as the recipe says. */
export function readSamples(bytes: Uint8Array, recipe: PartRecipe, plane: SamplePlane): boolean {
  const { coding } = recipe;
  const target = { samples: plane.samples, stride: plane.width };
  return recipe.holes.every((hole) => {
    const { offset, length, headBytes, places } = hole;
    if (offset + length > bytes.length || headBytes > offset) return false;
    if (coding.kind === 'packed') {
      unpackSegment(bytes, hole, coding, target);
      return true;
    }
    const scan = readCoded(bytes.subarray(offset - headBytes, offset + length), coding, places);
    if (scan === null || scan.samples.length !== countOf(places)) return false;
    spread(scan.samples, places, plane);
    return true;
  });
}

/** Writes the samples into a file that has everything but the holes; false where they do not fit there. */
export function writeSamples(bytes: Uint8Array, recipe: PartRecipe, plane: SamplePlane): boolean {
  const { coding } = recipe;
  const source = { samples: plane.samples, stride: plane.width };
  return recipe.holes.every((hole) => {
    const { offset, length, headBytes, padding, places } = hole;
    if (coding.kind === 'packed') {
      packSegment(bytes, hole, coding, source);
      return true;
    }
    const samples = collect(places, plane, countOf(places));
    const space = bytes.subarray(offset, offset + length);
    const head = bytes.subarray(offset - headBytes, offset);
    if (!writeCoded(space, coding, { head, samples, places, padding, rules: hole.rules }))
      return false;
    let at = 0;
    for (const { gap, flip } of hole.patches) {
      at += gap;
      space[at]! ^= flip;
    }
    return true;
  });
}

/** Samples that some places have. */
export function countOf(places: readonly Rectangle[]): number {
  return places.reduce((sum, { width, height }) => sum + width * height, 0);
}

/** Puts samples that follow each other into their places. */
export function spread(
  samples: Uint16Array,
  places: readonly Rectangle[],
  plane: SamplePlane,
): void {
  let next = 0;
  for (const { left, top, width, height } of places) {
    for (let row = top; row < top + height; row++, next += width) {
      plane.samples.set(samples.subarray(next, next + width), row * plane.width + left);
    }
  }
}

function collect(places: readonly Rectangle[], plane: SamplePlane, count: number): Uint16Array {
  const samples = new Uint16Array(count);
  let next = 0;
  for (const { left, top, width, height } of places) {
    for (let row = top; row < top + height; row++, next += width) {
      const from = row * plane.width + left;
      samples.set(plane.samples.subarray(from, from + width), next);
    }
  }
  return samples;
}
