import { parseContainer, type RawContainer } from './container.ts';
import type { SampleCoding } from './sensor-part.ts';

/** What a container of a recoded RAW file holds. */
export interface RawDescription {
  readonly originalBytes: number;
  /** Bytes of the samples and of all that is needed to read them. */
  readonly sensorBytes: number;
  /** Bytes of previews and everything else. */
  readonly restBytes: number;
  /** Where previews stood that are kept apart, in the order in which they are given back. */
  readonly apart: readonly { readonly offset: number; readonly length: number }[];
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
    apart: apartOf(parsed),
    pictures: parsed.parts.map(({ recipe: { width, height, bits, coding } }) => {
      return { width, height, bits, coding: coding.kind };
    }),
  };
}

/** Pieces fill the file from its beginning, around the holes; a preview lies in one run. */
function apartOf({ pieces, parts }: RawContainer): { offset: number; length: number }[] {
  const holes = parts.flatMap(({ recipe }) => [...recipe.holes]);
  holes.sort((left, right) => left.offset - right.offset);
  const apart: { offset: number; length: number }[] = [];
  let before = 0;
  for (const { kind, length } of pieces) {
    let offset = before;
    for (const hole of holes) if (hole.offset <= offset) offset += hole.length;
    if (kind === 'apart') apart.push({ offset, length });
    before += length;
  }
  return apart;
}
