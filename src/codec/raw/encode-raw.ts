import { type BlobId, equalBytes, FieldVaultError } from '../../base/index.ts';
import { type RawKernel, rawKernel } from '../../kernels/index.ts';
import { crc32 } from '../jpeg/crc32.ts';
import { ORIGINAL_BYTES_MAX, parseContainer, SHRINK_MAX } from './container.ts';
import { type RawDependency, rebuildRaw } from './decode-raw.ts';
import { describeRaw } from './describe-raw.ts';
import { encodeRest } from './encode-rest.ts';
import { encodePlane, type Reference } from './encode-samples.ts';
import { formatContainer, type PartToWrite } from './format-container.ts';
import { matchFrames } from './match-frames.ts';
import { type ReadPart, readParts } from './read-parts.ts';
import { planBands, type SamplePlane } from './sample-plane.ts';
import { trainModel } from './train-model.ts';

/** What an original may be encoded with. */
export interface EncodeRawOptions {
  /** SHA-256 of the original, to be kept in the container. */
  readonly digest?: Uint8Array;
  /** Another frame of the same body and burst: used where it makes the container smaller, and then needed to decode. */
  readonly sibling?: RawDependency;
  /**
   * `apart`: JPEG previews are left out of the container; the caller keeps them as files ({@link describeRaw} says where
   * they were) and gives them back to decode. Left out: `inside`, recoded.
   */
  readonly previews?: 'inside' | 'apart';
  /** The kernels; left out: the compiled ones. */
  readonly kernel?: (memoryBytes: number) => RawKernel;
}

/**
 * Recodes a RAW file so that `decodeRaw` gives back every byte of it. Always decodes what it made and compares.
 * Null: no sensor data that is understood exactly, or nothing gained; it is to be stored as it is.
 */
export function encodeRaw(bytes: Uint8Array, options: EncodeRawOptions = {}): Uint8Array | null {
  if (bytes.length > ORIGINAL_BYTES_MAX) return null;
  const container = recode(bytes, options);
  if (container === null || container.length >= bytes.length) return null;
  if (container.length * SHRINK_MAX < bytes.length) return null;
  const dependencies = options.sibling === undefined ? [] : [options.sibling];
  const kernel = options.kernel ?? rawKernel;
  const parsed = options.previews === 'apart' ? describeRaw(container) : null;
  const previews = (parsed?.apart ?? []).map(({ offset, length }) =>
    bytes.subarray(offset, offset + length),
  );
  try {
    // As decodeRaw does, but for the checksum: every byte is compared here.
    const read = parseContainer(container);
    if (read === null) return null;
    const rebuilt = rebuildRaw(read, { dependencies, previews, kernel });
    return equalBytes(rebuilt, bytes) ? container : null;
  } catch (error) {
    // What cannot be rebuilt is stored as it is, whatever the reason; anything else is a bug and goes on.
    if (error instanceof FieldVaultError && error.code === 'DAMAGED') return null;
    throw error;
  }
}

function recode(bytes: Uint8Array, options: EncodeRawOptions): Uint8Array | null {
  const make = options.kernel ?? rawKernel;
  const parts = readParts(bytes);
  if (parts.length === 0) return null;
  const others = options.sibling === undefined ? [] : readParts(options.sibling.bytes);
  const written = parts.map((part, index) => encodePart(part, others[index] ?? null, make));
  const isNeeded = written.some(({ reference }) => reference !== null);
  const { sibling } = options;
  return formatContainer({
    originalBytes: bytes.length,
    crc: crc32(bytes),
    digest: options.digest ?? new Uint8Array(0),
    needs:
      sibling !== undefined && isNeeded
        ? { id: idBytes(sibling.id), bytes: sibling.bytes.length }
        : null,
    pieces: encodeRest(
      bytes,
      parts.flatMap(({ recipe }) => [...recipe.holes]),
      options.previews ?? 'inside',
    ),
    parts: written,
  });
}

function idBytes(id: BlobId): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_byte, at) =>
    Number.parseInt(id.slice(2 * at, 2 * at + 2), 16),
  );
}

function encodePart(
  { recipe, plane }: ReadPart,
  other: ReadPart | null,
  make: (memoryBytes: number) => RawKernel,
): PartToWrite {
  const alone = trainModel(plane, null, make);
  const reference = other === null ? null : referenceOf(plane, other);
  const together = reference === null ? null : trainModel(plane, reference, make);
  const pair =
    reference === null || together === null ? null : { model: together.model, reference };
  const coded = encodePlane(plane, { alone: alone.model, together: pair }, make);
  const isUsed = coded.models[1] !== null;
  return {
    recipe,
    modelNumbers: [
      coded.models[0] === null ? null : alone.numbers,
      isUsed && together !== null ? together.numbers : null,
    ],
    plane: coded,
    reference: isUsed && other !== null ? other.recipe : null,
  };
}

/** The other frame, matched; null where it is of another kind. */
function referenceOf(plane: SamplePlane, other: ReadPart): Reference | null {
  const { width, height, bits } = plane;
  const isLike = other.plane.width === width && other.plane.height === height;
  // Words of 15 bits carry a sign in the kernels.
  if (!isLike || (other.plane.bits === 16 && bits < 16)) return null;
  const shifts = matchFrames(plane, other.plane, planBands(width, height));
  return { plane: other.plane, shifts };
}
