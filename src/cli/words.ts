import { InvalidArgumentError } from 'commander';

/** A path that a person typed. */
export function pathWord(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw new InvalidArgumentError('Only folders are supported for now; name one.');
  }
  return text;
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
