import { type NumberReader, putUnsigned, takeUnsigned } from '../numbers.ts';
import { type DifferenceWord, WORDS_MAX } from './difference-code.ts';
import { BLOCK_NAMES, PACK_ORDERS, type SampleCoding } from './sensor-part.ts';

/** Codings by their number in containers. */
const CODINGS = [
  'packed',
  'lossless-jpeg',
  'nikon-lossless',
  'lossless-cells',
  'lossless-sampled',
  'differences',
  'olympus',
  'blocks',
  'canon-blocks',
] as const;

/** Slices of one picture, and bytes between two parts of it, at most. */
const SLICES_MAX = 64;
const BETWEEN_MAX = 1024;

/** Appends a coding. */
export function putCoding(numbers: number[], coding: SampleCoding): void {
  putUnsigned(numbers, CODINGS.indexOf(coding.kind));
  for (const value of valuesOf(coding)) putUnsigned(numbers, value);
}

function valuesOf(coding: SampleCoding): Iterable<number> {
  switch (coding.kind) {
    case 'packed':
      return [coding.storedBits, PACK_ORDERS.indexOf(coding.order), coding.rowBytes];
    case 'lossless-jpeg':
    case 'lossless-cells':
      return [];
    case 'lossless-sampled':
      return [coding.rowsEach, coding.slices.length, ...coding.slices];
    case 'nikon-lossless':
      return [coding.storedBits, ...coding.starts];
    case 'differences':
      return [...coding.starts, coding.split, ...coding.words.flatMap(wordValues)];
    case 'olympus':
      return [coding.spare];
    case 'blocks':
      return [BLOCK_NAMES.indexOf(coding.block), coding.rule, coding.isTurned ? 1 : 0];
    case 'canon-blocks': {
      const { table, hasLowBits, between } = coding;
      return [table, hasLowBits ? 1 : 0, between.length, ...between];
    }
  }
}

function wordValues(words: readonly DifferenceWord[]): readonly number[] {
  const values = words.map(({ category, shift, length, code }) => [category, shift, length, code]);
  return [words.length, ...values.flat()];
}

/** Reads a coding; null where the numbers make none. */
export function takeCoding(source: NumberReader): SampleCoding | null {
  const kind = CODINGS[takeUnsigned(source)];
  if (kind === undefined) return null;
  switch (kind) {
    case 'packed':
      return takePacked(source);
    case 'lossless-jpeg':
    case 'lossless-cells':
      return { kind };
    case 'lossless-sampled':
      return takeSampled(source);
    case 'nikon-lossless': {
      const storedBits = takeUnsigned(source);
      const starts = takeStarts(source);
      const isKnown = storedBits === 12 || storedBits === 14;
      return isKnown && starts !== null ? { kind, storedBits, starts } : null;
    }
    case 'differences': {
      const starts = takeStarts(source);
      const split = takeUnsigned(source);
      const words = [takeWords(source), takeWords(source)] as const;
      if (starts === null || words[0] === null || words[1] === null) return null;
      return { kind, starts, split, words: [words[0], words[1]] };
    }
    case 'olympus':
      return { kind, spare: takeUnsigned(source) === 1 ? 1 : 0 };
    case 'blocks': {
      const block = BLOCK_NAMES[takeUnsigned(source)];
      const rule = takeUnsigned(source);
      const isTurned = takeUnsigned(source) === 1;
      return block === undefined || rule > 65_535 ? null : { kind, block, rule, isTurned };
    }
    case 'canon-blocks':
      return takeCanon(source);
  }
}

function takePacked(source: NumberReader): SampleCoding | null {
  const storedBits = takeUnsigned(source);
  const order = PACK_ORDERS[takeUnsigned(source)];
  const rowBytes = takeUnsigned(source);
  if (storedBits < 8 || storedBits > 16 || order === undefined) return null;
  if (order.startsWith('words') && storedBits !== 16) return null;
  return { kind: 'packed', storedBits, order, rowBytes };
}

function takeSampled(source: NumberReader): SampleCoding | null {
  const rowsEach = takeUnsigned(source);
  const count = takeUnsigned(source);
  if ((rowsEach !== 1 && rowsEach !== 2) || count < 1 || count > SLICES_MAX) return null;
  const slices = Array.from({ length: count }, () => takeUnsigned(source));
  return { kind: 'lossless-sampled', rowsEach, slices };
}

function takeStarts(source: NumberReader): number[] | null {
  const starts = [0, 1, 2, 3].map(() => takeUnsigned(source));
  return starts.every((start) => start < 65_536) ? starts : null;
}

function takeWords(source: NumberReader): DifferenceWord[] | null {
  const count = takeUnsigned(source);
  if (count > WORDS_MAX) return null;
  return Array.from({ length: count }, () => {
    const category = takeUnsigned(source);
    const shift = takeUnsigned(source);
    const length = takeUnsigned(source);
    return { category, shift, length, code: takeUnsigned(source) };
  });
}

function takeCanon(source: NumberReader): SampleCoding | null {
  const table = takeUnsigned(source);
  const hasLowBits = takeUnsigned(source) === 1;
  const length = takeUnsigned(source);
  if (table > 2 || length > BETWEEN_MAX) return null;
  const between = Uint8Array.from({ length }, () => takeUnsigned(source));
  return { kind: 'canon-blocks', table, hasLowBits, between };
}
