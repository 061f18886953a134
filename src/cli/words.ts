import { InvalidArgumentError } from 'commander';
import { folderWord } from './folder-words.ts';

/** A path that a person typed, or the address of a vault in a bucket. */
export function pathWord(text: string): string {
  return /^s3:\/\//i.test(text) ? text : folderWord(text);
}

/** For options that may be given several times. */
export function pathWords(text: string, before: readonly string[] = []): string[] {
  return [...before, pathWord(text)];
}

/** A number of minutes above zero. */
export function minutesWord(text: string): number {
  const minutes = Number(text);
  if (text.trim() === '' || !(minutes > 0) || !Number.isFinite(minutes)) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return minutes;
}

/** Bytes in a second: `30k`, `2M`, `1.5 MB`; units of a thousand. */
export function rateWord(text: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?) ?([kMG]?)B?(?:\/s)?$/i.exec(text.trim());
  const unit = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[match?.[2]?.toLowerCase() ?? ''] ?? 1;
  const rate = Number(match?.[1]) * unit;
  if (!(rate >= 1)) {
    throw new InvalidArgumentError('It must be bytes a second, as 500k or 2M.');
  }
  return rate;
}

/** A count of at least one. */
export function countWord(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('It must be a whole number above 0.');
  }
  return count;
}

/** How many of the 256 bits of two fingerprints differ. */
export function bitsWord(text: string): number {
  const bits = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(bits) || bits < 0 || bits > 256) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 256.');
  }
  return bits;
}

/** A number of seconds, days or the like, from zero. */
export function fromZeroWord(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0) || !Number.isFinite(number)) {
    throw new InvalidArgumentError('It must be a number from 0.');
  }
  return number;
}

/** One word of a few. */
export function oneOf<T extends string>(known: readonly T[]): (text: string) => T {
  return (text) => {
    const found = known.find((one) => one === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be ${known.join(' or ')}.`);
    return found;
  };
}
