import { findSensorParts } from './find-sensor-parts.ts';
import { type PartRecipe, readCoded, readSamples, spread } from './part-samples.ts';
import type { SamplePlane } from './sample-plane.ts';
import type { SensorPart } from './sensor-part.ts';

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
  const { width, height, coding, segments } = part;
  const plane = { width, height, bits: 16, samples: new Uint16Array(width * height) };
  const none = { headBytes: 0, padding: 0 } as const;
  let holes: PartRecipe['holes'] = segments.map((segment) => ({ ...segment, ...none }));
  if (coding.kind === 'packed') {
    if (!readSamples(bytes, { width, height, bits: 16, coding, holes }, plane)) return null;
  } else {
    const found = segments.map(({ offset, length, places }) => {
      const scan = readCoded(bytes.subarray(offset, offset + length), coding, places);
      if (scan === null) return null;
      spread(scan.samples, places, plane);
      const { headBytes, padding } = scan;
      return { offset: offset + headBytes, length: scan.bytes, headBytes, padding, places };
    });
    holes = found.filter((hole) => hole !== null);
    if (holes.length !== segments.length) return null;
  }
  const bits = Math.max(8, bitsOf(plane.samples));
  return { recipe: { width, height, bits, coding, holes }, plane: { ...plane, bits } };
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
