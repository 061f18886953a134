import { encodeBytes } from '../jpeg/encode-bytes.ts';
import { putSigned, putUnsigned } from '../numbers.ts';
import { CONTAINER_HEAD } from './container.ts';
import type { CodedPlane } from './decode-samples.ts';
import type { PartRecipe } from './part-samples.ts';
import { putRecipe } from './recipe-numbers.ts';
import { PIECE_KINDS, type Piece } from './rest-pieces.ts';

/** One picture to be written: the numbers of the models that its bands use. */
export interface PartToWrite {
  readonly recipe: PartRecipe;
  readonly modelNumbers: readonly [Uint8Array | null, Uint8Array | null];
  readonly plane: CodedPlane;
  readonly reference: PartRecipe | null;
}

/** What a container is made of. */
export interface ContainerToWrite {
  readonly originalBytes: number;
  readonly crc: number;
  readonly digest: Uint8Array;
  readonly needs: { readonly id: Uint8Array; readonly bytes: number } | null;
  readonly pieces: readonly Piece[];
  readonly parts: readonly PartToWrite[];
}

/** Writes a container: the plan first, by a model, then the streams. */
export function formatContainer(container: ContainerToWrite): Uint8Array {
  const numbers: number[] = [];
  const streams: Uint8Array[] = [];
  putUnsigned(numbers, container.originalBytes);
  putUnsigned(numbers, container.crc);
  putBytes(numbers, container.digest);
  putBytes(numbers, container.needs?.id ?? new Uint8Array(0));
  putUnsigned(numbers, container.needs?.bytes ?? 0);
  putUnsigned(numbers, container.pieces.length);
  for (const { kind, length, coded } of container.pieces) {
    putUnsigned(numbers, PIECE_KINDS.indexOf(kind));
    putUnsigned(numbers, length);
    putUnsigned(numbers, coded.length);
    streams.push(coded);
  }
  putUnsigned(numbers, container.parts.length);
  for (const part of container.parts) putPart(numbers, streams, part);
  const plan = Uint8Array.from(numbers);
  const coded = encodeBytes(plan);
  const lengths: number[] = [];
  putUnsigned(lengths, plan.length);
  putUnsigned(lengths, coded.length);
  return join([CONTAINER_HEAD, Uint8Array.from(lengths), coded, ...streams]);
}

function putBytes(numbers: number[], bytes: Uint8Array): void {
  putUnsigned(numbers, bytes.length);
  for (const byte of bytes) numbers.push(byte);
}

function putPart(numbers: number[], streams: Uint8Array[], part: PartToWrite): void {
  putRecipe(numbers, part.recipe);
  for (const model of part.modelNumbers) {
    putUnsigned(numbers, model === null ? 0 : 1);
    for (const byte of model ?? []) numbers.push(byte);
  }
  putUnsigned(numbers, part.reference === null ? 0 : 1);
  if (part.reference !== null) putRecipe(numbers, part.reference);
  for (const { start, shift, states, words, raw, rawBits } of part.plane.coded) {
    for (const level of start.levels) putUnsigned(numbers, level);
    putUnsigned(numbers, start.magnitude);
    putUnsigned(numbers, shift === null ? 0 : 1);
    if (shift !== null) {
      putSigned(numbers, shift.dx);
      putSigned(numbers, shift.dy);
    }
    for (const state of states) putUnsigned(numbers, state);
    putUnsigned(numbers, words.length);
    putUnsigned(numbers, rawBits);
    streams.push(words, raw);
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
