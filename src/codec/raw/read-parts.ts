import { type Coded, readCoded, writeCoded } from './coded-samples.ts';
import { findSensorParts } from './find-sensor-parts.ts';
import { readOlympus } from './olympus.ts';
import {
  countOf,
  type Hole,
  type PartRecipe,
  type Patch,
  readSamples,
  spread,
} from './part-samples.ts';
import { withRule } from './read-blocks.ts';
import { PATCHES_MAX } from './recipe-numbers.ts';
import type { SamplePlane } from './sample-plane.ts';
import type { SampleCoding, Segment, SensorPart } from './sensor-part.ts';

/** A picture of a sensor that was read, and what it takes to write it again. */
export interface ReadPart {
  readonly recipe: PartRecipe;
  readonly plane: SamplePlane;
}

/** The sensor data of a file that is understood exactly. */
export function readParts(bytes: Uint8Array): ReadPart[] {
  return findSensorParts(bytes)
    .map((part) => readPart(bytes, part))
    .filter((part) => part !== null);
}

/** Reads a part's samples and finds out how exactly they stand in the file; null where that is not understood. */
function readPart(bytes: Uint8Array, part: SensorPart): ReadPart | null {
  const { width, height, segments } = part;
  const plane = { width, height, bits: 16, samples: new Uint16Array(width * height) };
  const coding = settled(bytes, part);
  let holes: PartRecipe['holes'] = segments.map((segment) => {
    return { ...segment, headBytes: 0, padding: 0, patches: [] };
  });
  if (coding.kind === 'packed') {
    if (!readSamples(bytes, { width, height, bits: 16, coding, holes }, plane)) return null;
  } else {
    const found = segments.map((segment) => readHole(bytes, segment, coding, plane));
    holes = found.filter((hole) => hole !== null);
    if (holes.length !== segments.length) return null;
  }
  const bits = Math.max(8, bitsOf(plane.samples));
  return { recipe: { width, height, bits, coding, holes }, plane: { ...plane, bits } };
}

/** The coding with what only the samples' bytes tell. */
function settled(bytes: Uint8Array, { coding, segments }: SensorPart): SampleCoding {
  const [segment] = segments;
  if (segment === undefined) return coding;
  const { offset, length, places } = segment;
  const coded = bytes.subarray(offset, offset + length);
  if (coding.kind === 'blocks') return withRule(coded, coding);
  if (coding.kind !== 'olympus' || places[0] === undefined) return coding;
  return { ...coding, spare: readOlympus(coded, places[0])?.spare ?? 0 };
}

function readHole(
  bytes: Uint8Array,
  { offset, length, places }: Segment,
  coding: Coded,
  plane: SamplePlane,
): Hole | null {
  const coded = bytes.subarray(offset, offset + length);
  const scan = readCoded(coded, coding, places);
  if (scan === null || scan.samples.length !== countOf(places)) return null;
  spread(scan.samples, places, plane);
  const { headBytes, padding } = scan;
  const hole = { offset: offset + headBytes, length: scan.bytes, headBytes, padding, places };
  if (coding.kind !== 'blocks') return { ...hole, patches: [] };
  const again = new Uint8Array(scan.bytes);
  const { samples } = scan;
  if (!writeCoded(again, coding, { head: coded, samples, places, padding })) return null;
  const patches = patchesOf(coded.subarray(0, scan.bytes), again);
  return patches === null ? null : { ...hole, patches };
}

/** What makes the one out of the other; null where that is too much. */
function patchesOf(wanted: Uint8Array, made: Uint8Array): Patch[] | null {
  const most = Math.min(PATCHES_MAX, wanted.length / 16);
  const patches: Patch[] = [];
  let before = 0;
  for (let at = 0; at < wanted.length; at++) {
    const flip = wanted[at]! ^ made[at]!;
    if (flip === 0) continue;
    if (patches.length >= most) return null;
    patches.push({ gap: at - before, flip });
    before = at;
  }
  return patches;
}

function bitsOf(samples: Uint16Array): number {
  let all = 0;
  for (let at = 0; at < samples.length; at++) all |= samples[at]!;
  return 32 - Math.clz32(all);
}

/** The samples of a RAW file that are understood exactly, a plane for each picture of the sensor. */
export function readSensorPlanes(bytes: Uint8Array): readonly SamplePlane[] {
  return readParts(bytes).map(({ plane }) => plane);
}
