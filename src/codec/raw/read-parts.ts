import { type Coded, readCoded, writeCoded } from './coded-samples.ts';
import { findSensorParts } from './find-sensor-parts.ts';
import {
  countOf,
  type Hole,
  type PartRecipe,
  type Patch,
  readSamples,
  spread,
} from './part-samples.ts';
import { ownRules, withRule } from './read-blocks.ts';
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
  let coding = withRuleOf(bytes, part);
  let holes: PartRecipe['holes'] = segments.map((segment) => {
    return { ...segment, headBytes: 0, padding: 0, rules: [], patches: [] };
  });
  if (coding.kind === 'packed') {
    if (!readSamples(bytes, { width, height, bits: 16, coding, holes }, plane)) return null;
  } else {
    const given = coding;
    const found = segments.map((segment) => readHole(bytes, segment, given, plane));
    const known = found.filter((one) => one !== null);
    if (known.length !== segments.length) return null;
    holes = known.map(({ hole }) => hole);
    // What only the samples' bytes tell; such codings have one segment.
    if (coding.kind === 'olympus') coding = { ...coding, spare: known[0]?.spare ?? 0 };
  }
  const bits = Math.max(8, bitsOf(plane.samples));
  return { recipe: { width, height, bits, coding, holes }, plane: { ...plane, bits } };
}

/** The coding, blocks with the rule that their bytes follow. */
function withRuleOf(bytes: Uint8Array, { coding, segments }: SensorPart): SampleCoding {
  const [segment] = segments;
  if (coding.kind !== 'blocks' || segment === undefined) return coding;
  return withRule(bytes.subarray(segment.offset, segment.offset + segment.length), coding);
}

interface FoundHole {
  readonly hole: Hole;
  readonly spare: 0 | 1;
}

function readHole(
  bytes: Uint8Array,
  { offset, length, places }: Segment,
  coding: Coded,
  plane: SamplePlane,
): FoundHole | null {
  const coded = bytes.subarray(offset, offset + length);
  const scan = readCoded(coded, coding, places);
  if (scan === null || scan.samples.length !== countOf(places)) return null;
  spread(scan.samples, places, plane);
  const { headBytes, padding, spare = 0 } = scan;
  const hole = { offset: offset + headBytes, length: scan.bytes, headBytes, padding, places };
  if (coding.kind !== 'blocks') return { hole: { ...hole, rules: [], patches: [] }, spare };
  const again = new Uint8Array(scan.bytes);
  const { samples } = scan;
  const [place] = places;
  if (place === undefined) return null;
  const { width, height } = place;
  const rules = ownRules(coded.subarray(0, scan.bytes), coding, { samples, width, height });
  if (!writeCoded(again, coding, { head: coded, samples, places, padding, rules })) return null;
  const patches = patchesOf(coded.subarray(0, scan.bytes), again);
  return patches === null ? null : { hole: { ...hole, rules, patches }, spare };
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
