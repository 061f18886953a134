import { parseContainer } from './container.ts';
import type { SampleCoding } from './sensor-part.ts';

/** What a container of a recoded RAW file holds. */
export interface RawDescription {
  readonly originalBytes: number;
  /** Bytes of the samples and of all that is needed to read them. */
  readonly sensorBytes: number;
  /** Bytes of previews and everything else. */
  readonly restBytes: number;
  readonly pictures: readonly {
    readonly width: number;
    readonly height: number;
    readonly bits: number;
    /** How the samples stood in the original. */
    readonly coding: SampleCoding['kind'];
  }[];
}

/** Describes a container without decoding it; null where the bytes are none. */
export function describeRaw(container: Uint8Array): RawDescription | null {
  const parsed = parseContainer(container);
  if (parsed === null) return null;
  const restBytes = parsed.pieces.reduce((sum, { coded }) => sum + coded.length, 0);
  return {
    originalBytes: parsed.originalBytes,
    sensorBytes: container.length - restBytes,
    restBytes,
    pictures: parsed.parts.map(({ recipe: { width, height, bits, coding } }) => {
      return { width, height, bits, coding: coding.kind };
    }),
  };
}
