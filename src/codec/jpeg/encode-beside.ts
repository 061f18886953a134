import {
  type CoefficientPlane,
  type CoefficientRows,
  openCoefficientCoder,
} from '../../kernels/index.ts';
import type { KnownContent } from '../zstd/container.ts';
import type { NeededSibling } from './container.ts';
import { encodeBytes } from './encode-bytes.ts';
import { expectCoefficients, isLaidOutLike } from './expect-coefficients.ts';
import { findRecipe } from './find-recipe.ts';
import { samplesOf } from './plane-samples.ts';
import { isOfSiblingSize, readSibling } from './read-sibling.ts';
import { formatRecipe, tilesOf } from './sibling-recipe.ts';

/** A picture that needs another is worse to keep: the other must save this share of it. */
const SIBLING_GAIN_MIN = 0.02;

/** A picture as its coefficients, and the runs of rows that are coded each by itself. */
export interface PictureToCode {
  readonly planes: readonly CoefficientPlane[];
  readonly coefficients: Int16Array;
  readonly runs: readonly CoefficientRows[];
}

/** Coefficients coded beside a sibling. */
export interface CodedBeside {
  readonly needs: NeededSibling;
  readonly segments: readonly Uint8Array[];
}

/**
 * Codes a picture by what its sibling lets expect. It takes over the coefficient kernel.
 * Null: the sibling is no picture of the same layout, or gains too little over the picture coded alone.
 */
export function encodeBeside(
  picture: PictureToCode,
  sibling: KnownContent,
  alone: readonly Uint8Array[],
): CodedBeside | null {
  const { planes, runs } = picture;
  const [first] = planes;
  if (first === undefined || !isOfSiblingSize(planes)) return null;
  const coefficients = picture.coefficients.slice();
  const other = readSibling(sibling.bytes);
  if (other === null || !isLaidOutLike(planes, other)) return null;
  const recipe = findRecipe(samplesOf(planes, coefficients), other);
  const expected = expectCoefficients(planes, other, recipe);
  const said = planes.map((plane, index) => ({ ...plane, said: expected[index]! }));
  const coder = openCoefficientCoder(said, { codedBytesMax: 0 });
  coder.coefficients.set(coefficients);
  const segments = runs.map(coder.encode);
  const { across } = tilesOf(first.blocksWide * 8, first.blocksHigh * 8);
  const plain = formatRecipe(recipe, across);
  const coded = encodeBytes(plain);
  const bytesBeside = bytesOf(segments) + coded.length + sibling.id.length / 2;
  if (bytesBeside > bytesOf(alone) * (1 - SIBLING_GAIN_MIN)) return null;
  const { id, bytes } = sibling;
  const needs = { id, bytes: bytes.length, recipeBytes: plain.length, recipe: coded };
  return { needs, segments };
}

function bytesOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
