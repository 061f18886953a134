import { InvalidArgumentError } from 'commander';

/** A path on this machine. */
export function folderWord(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw new InvalidArgumentError('It must be a folder; only a vault may be in a bucket (s3://).');
  }
  return text;
}

/** For arguments that may be given several times. */
export function folderWords(text: string, before: readonly string[] = []): string[] {
  return [...before, folderWord(text)];
}
