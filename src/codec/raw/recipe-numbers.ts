import { type NumberReader, putSigned, putUnsigned, takeSigned, takeUnsigned } from './numbers.ts';
import { countOf, type Hole, type PartRecipe } from './part-samples.ts';
import { SIDE_MAX, SIDE_MIN } from './sample-plane.ts';
import {
  PACK_ORDERS,
  packedRowBytes,
  type Rectangle,
  SAMPLES_MAX,
  type SampleCoding,
  SEGMENTS_MAX,
} from './sensor-part.ts';

/** Rectangles of one segment. */
const PLACES_MAX = 65;

/** Codings by their number in containers. */
const CODINGS = ['packed', 'lossless-jpeg', 'nikon-lossless'] as const;

/** Appends a recipe. */
export function putRecipe(numbers: number[], recipe: PartRecipe): void {
  const { coding } = recipe;
  putUnsigned(numbers, recipe.width);
  putUnsigned(numbers, recipe.height);
  putUnsigned(numbers, recipe.bits);
  putUnsigned(numbers, CODINGS.indexOf(coding.kind));
  if (coding.kind === 'packed') {
    putUnsigned(numbers, coding.storedBits);
    putUnsigned(numbers, PACK_ORDERS.indexOf(coding.order));
    putUnsigned(numbers, coding.rowBytes);
  } else if (coding.kind === 'nikon-lossless') {
    putUnsigned(numbers, coding.storedBits);
    for (const start of coding.starts) putUnsigned(numbers, start);
  }
  putUnsigned(numbers, recipe.holes.length);
  let end = 0;
  for (const { offset, length, headBytes, padding, places } of recipe.holes) {
    putSigned(numbers, offset - end);
    end = offset + length;
    putUnsigned(numbers, length);
    putUnsigned(numbers, headBytes);
    putUnsigned(numbers, padding);
    putUnsigned(numbers, places.length);
    for (const { left, top, width, height } of places) {
      for (const value of [left, top, width, height]) putUnsigned(numbers, value);
    }
  }
}

/** Reads a recipe for a file of so many bytes; null where it makes no sense: every number is checked here. */
export function takeRecipe(source: NumberReader, fileBytes: number): PartRecipe | null {
  const width = takeUnsigned(source);
  const height = takeUnsigned(source);
  const bits = takeUnsigned(source);
  if (width < SIDE_MIN || width > SIDE_MAX || height < SIDE_MIN || height > SIDE_MAX) return null;
  // Every sample takes a bit of the file at least.
  if (width * height > Math.min(SAMPLES_MAX, fileBytes * 8) || bits < 8 || bits > 16) return null;
  const coding = takeCoding(source);
  const count = takeUnsigned(source);
  if (coding === null || count > SEGMENTS_MAX) return null;
  const holes: Hole[] = [];
  let end = 0;
  let samples = 0;
  for (let index = 0; index < count; index++) {
    const hole = takeHole(source, end);
    if (hole === null || !fits(hole, { width, height, coding, fileBytes })) return null;
    samples += countOf(hole.places);
    // Places may not overlap so much that a small plane makes a long file.
    if (samples > width * height) return null;
    holes.push(hole);
    end = hole.offset + hole.length;
  }
  return source.isOver ? null : { width, height, bits, coding, holes };
}

function takeCoding(source: NumberReader): SampleCoding | null {
  const kind = CODINGS[takeUnsigned(source)];
  if (kind === 'lossless-jpeg') return { kind };
  const storedBits = takeUnsigned(source);
  if (kind === 'nikon-lossless') {
    const starts = [0, 1, 2, 3].map(() => takeUnsigned(source));
    const isKnown = storedBits === 12 || storedBits === 14;
    return isKnown && starts.every((start) => start < 65_536) ? { kind, storedBits, starts } : null;
  }
  const order = PACK_ORDERS[takeUnsigned(source)];
  const rowBytes = takeUnsigned(source);
  if (kind !== 'packed' || storedBits < 8 || storedBits > 16 || order === undefined) return null;
  if (order.startsWith('words') && storedBits !== 16) return null;
  return { kind: 'packed', storedBits, order, rowBytes };
}

function takeHole(source: NumberReader, end: number): Hole | null {
  const offset = end + takeSigned(source);
  const length = takeUnsigned(source);
  const headBytes = takeUnsigned(source);
  const padding = takeUnsigned(source);
  const count = takeUnsigned(source);
  if (padding > 1 || count < 1 || count > PLACES_MAX) return null;
  const places: Rectangle[] = [];
  for (let index = 0; index < count; index++) {
    const left = takeUnsigned(source);
    const top = takeUnsigned(source);
    const width = takeUnsigned(source);
    const height = takeUnsigned(source);
    places.push({ left, top, width, height });
  }
  return { offset, length, headBytes, padding: padding === 1 ? 1 : 0, places };
}

function fits(
  { offset, length, headBytes, places }: Hole,
  recipe: Pick<PartRecipe, 'width' | 'height' | 'coding'> & { readonly fileBytes: number },
): boolean {
  const { coding } = recipe;
  if (offset < headBytes || offset + length > recipe.fileBytes) return false;
  const isInside = places.every(({ left, top, width, height }) => {
    return width > 0 && left + width <= recipe.width && top + height <= recipe.height;
  });
  if (!isInside || coding.kind === 'lossless-jpeg') return isInside;
  const [place] = places;
  if (place === undefined || places.length !== 1 || headBytes !== 0) return false;
  if (coding.kind === 'nikon-lossless') return place.width >= 2;
  const isRoomy = coding.rowBytes >= packedRowBytes(place.width, coding.storedBits);
  return isRoomy && length === coding.rowBytes * place.height;
}
