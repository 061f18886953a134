import { type BitSink, putBits } from './bit-sink.ts';
import type { markCoefficients } from './marks.ts';
import type { ReadNotes } from './scan-notes.ts';

/** The state of writing one scan. */
export interface ScanPen {
  readonly sink: BitSink;
  readonly coefficients: Int16Array;
  /** Which of them are not zero, as {@link markCoefficients} says; nothing where the picture is sequential. */
  readonly marks: Uint32Array;
  readonly notes: ReadNotes;
  /** Band and bit of the scan. */
  readonly from: number;
  readonly to: number;
  readonly low: number;
  /** The last DC value of each part. */
  readonly before: Int32Array;
  /** Number of the block in the scan. */
  block: number;
  /** Blocks whose bands the run under way ends, the code words it is written with, and the bits that follow it. */
  run: number;
  readonly runWords: Int32Array;
  corrections: number[];
  /** A symbol without a code word was asked for. */
  isWrong: boolean;
}

/** The code words of one plane in the scan. */
export interface PenWords {
  readonly dc: Int32Array;
  readonly ac: Int32Array;
}

/** Writes the block whose coefficients begin at `place`. */
export type WriteBlock = (pen: ScanPen, part: number, words: PenWords, place: number) => void;

/** Writes the code word of a symbol. */
export function putWord(pen: ScanPen, words: Int32Array, symbol: number): void {
  const word = words[symbol]!;
  if (word === 0) pen.isWrong = true;
  putBits(pen.sink, word >> 5, word & 31);
}

/** Writes the code word of a symbol whose low bits say the size of a number, then the number (T.81 F.1.2.1). */
export function putNumber(pen: ScanPen, word: number, value: number, size: number): void {
  if (word === 0) pen.isWrong = true;
  const bits = value < 0 ? value + (1 << size) - 1 : value;
  const length = word & 31;
  if (length + size <= 16) {
    putBits(pen.sink, ((word >> 5) << size) | bits, length + size);
  } else {
    putBits(pen.sink, word >> 5, length);
    putBits(pen.sink, bits, size);
  }
}

/** Bits that a magnitude takes. */
export function sizeOf(magnitude: number): number {
  return 32 - Math.clz32(magnitude);
}
