import { type BlobId, FieldVaultError } from '../../base/index.ts';
import { type RawKernel, rawKernel } from '../../kernels/index.ts';
import { crc32 } from '../jpeg/crc32.ts';
import { decodeBytes } from '../jpeg/decode-bytes.ts';
import { decodeJpeg } from '../jpeg/decode-jpeg.ts';
import { type CodedPart, parseContainer, type RawContainer } from './container.ts';
import { decodePlane } from './decode-samples.ts';
import { emptyPlane, readSamples, writeSamples } from './part-samples.ts';
import type { Piece } from './rest-pieces.ts';
import { planBands, type SamplePlane } from './sample-plane.ts';

/** The original of another frame, as a container may need it. */
export interface RawDependency {
  readonly id: BlobId;
  readonly bytes: Uint8Array;
}

/** What a decoder may be told. */
export interface DecodeRawOptions {
  /** Originals that the container may need, see {@link rawDependencies}. */
  readonly dependencies?: readonly RawDependency[];
  /** The previews that were kept apart, in the order of {@link describeRaw}. */
  readonly previews?: readonly Uint8Array[];
  /** The kernels; left out: the compiled ones. */
  readonly kernel?: (memoryBytes: number) => RawKernel;
}

/**
 * Rebuilds the original from a container of `encodeRaw`, byte for byte. Time and memory are bounded by the container's
 * length and its checksum is compared; it is for the caller to compare the digest.
 * @throws FieldVaultError DAMAGED where the bytes are no container, its parts contradict each other, or a dependency is
 * missing (`details.needs` names it) or another file
 */
export function decodeRaw(container: Uint8Array, options: DecodeRawOptions = {}): Uint8Array {
  const parsed = parseContainer(container);
  if (parsed === null) throw damaged('it is not a container of a recoded RAW file');
  const bytes = rebuildRaw(parsed, options);
  if (crc32(bytes) !== parsed.crc) throw damaged('what it gives has another checksum');
  return bytes;
}

/**
 * Rebuilds the original from a container that was parsed; its checksum is for the caller to compare.
 * @throws FieldVaultError DAMAGED as {@link decodeRaw} does
 */
export function rebuildRaw(parsed: RawContainer, options: DecodeRawOptions): Uint8Array {
  const dependency = dependencyOf(parsed, options.dependencies ?? []);
  const bytes = new Uint8Array(parsed.originalBytes);
  putRest(bytes, parsed, options.previews ?? []);
  for (const part of parsed.parts) {
    const plane = emptyPlane(part.recipe);
    const reference = referenceOf(part, dependency);
    const coded = {
      bands: planBands(plane.width, plane.height),
      coded: part.bands,
      models: part.models,
    };
    if (!decodePlane(plane, coded, reference, options.kernel ?? rawKernel)) {
      throw damaged('its samples end in the wrong place');
    }
    if (!writeSamples(bytes, part.recipe, plane)) throw damaged('its samples do not fit');
  }
  return bytes;
}

/**
 * The originals that must be at hand to decode a container.
 * @throws FieldVaultError DAMAGED where the bytes are no container
 */
export function rawDependencies(container: Uint8Array): readonly BlobId[] {
  const parsed = parseContainer(container);
  if (parsed === null) throw damaged('it is not a container of a recoded RAW file');
  return parsed.needs === null ? [] : [parsed.needs.id];
}

function damaged(why: string, needs?: BlobId): FieldVaultError {
  const details = needs === undefined ? {} : { details: { needs } };
  return new FieldVaultError('DAMAGED', `A recoded RAW file cannot be rebuilt: ${why}.`, details);
}

function dependencyOf(
  { needs }: RawContainer,
  dependencies: readonly RawDependency[],
): Uint8Array | null {
  if (needs === null) return null;
  const found = dependencies.find(({ id }) => id === needs.id);
  if (found === undefined) throw damaged(`it needs the original ${needs.id}`, needs.id);
  if (found.bytes.length !== needs.bytes) {
    throw damaged(`the original ${needs.id} has another length`, needs.id);
  }
  return found.bytes;
}

function referenceOf(
  { reference, models }: CodedPart,
  dependency: Uint8Array | null,
): SamplePlane | null {
  if (reference === null || models[1] === null || dependency === null) return null;
  const plane = emptyPlane(reference);
  if (!readSamples(dependency, reference, plane)) throw damaged('the frame it needs is another');
  return plane;
}

/** Puts everything beside the samples in its place. */
function putRest(
  bytes: Uint8Array,
  { pieces, parts }: RawContainer,
  previews: readonly Uint8Array[],
): void {
  const holes = parts.flatMap(({ recipe }) => [...recipe.holes]);
  holes.sort((left, right) => left.offset - right.offset);
  let at = 0;
  let hole = 0;
  let preview = 0;
  for (const piece of pieces) {
    const plain = piece.kind === 'apart' ? previews[preview++] : decodePiece(piece);
    if (plain?.length !== piece.length) throw damaged('a preview is missing or another');
    let taken = 0;
    while (taken < plain.length) {
      while (hole < holes.length && at === holes[hole]!.offset) at += holes[hole++]!.length;
      const room = (holes[hole]?.offset ?? bytes.length) - at;
      const count = Math.min(room, plain.length - taken);
      if (count <= 0) throw damaged('its parts contradict each other');
      bytes.set(plain.subarray(taken, taken + count), at);
      taken += count;
      at += count;
    }
  }
}

function decodePiece({ kind, coded, length }: Piece): Uint8Array {
  if (kind === 'plain') return coded;
  return kind === 'modelled' ? decodeBytes(coded, length) : decodeJpeg(coded);
}
