import type { BlobId } from '../base/index.ts';
import { LIMITS } from '../base/index.ts';

/** Digits of the blob id that a name may carry: more of them only where a name is taken. */
export const NAME_DIGITS = [16, 24, 32, 64] as const;

/** What follows the digits in the name of a stored file, beside the extension of the original. */
export interface NameTail {
  /** Added to the extension, as `.fvc`; or instead of it, as `.preview.jpg`. */
  readonly text: string;
  readonly isInstead: boolean;
}

const PLAIN_TAIL: NameTail = { text: '', isInstead: false };

/**
 * The name a blob gets in its folder: `<stem>~<digits>.<extension>`, legal on exFAT, NTFS and APFS
 * (docs/vault-format.md section 4.1).
 * @param sourceName the file's own name, as the source had it
 * @param digits how many digits of the id: one of {@link NAME_DIGITS}
 * @param more what a form that is not verbatim adds
 */
export function storedName(
  sourceName: string,
  blob: BlobId,
  digits: number,
  more: NameTail = PLAIN_TAIL,
): string {
  const { stem, extension } = splitName(cleaned(sourceName));
  const tail = `~${blob.slice(0, digits)}${more.isInstead ? '' : extension}${more.text}`;
  const safeStem = isDeviceName(stem) ? `_${stem}` : stem;
  return `${cutToBytes(safeStem, LIMITS.storedNameBytesMax - tail.length)}${tail}`;
}

/** The digits of a blob's id in the name of a stored file, 16 to 64; undefined where there are none. */
export function digitsIn(at: string): string | undefined {
  return /~([0-9a-f]{16,64})(\.[^/~]*)?$/.exec(at)?.[1];
}

/** The name that a stored file's source file had, as far as its stored name tells. */
export function sourceNameOf(storedName: string): string {
  return storedName.replace(/~[0-9a-f]{16,64}(?=(\.[^/~]*)?$)/, '');
}

/** The day folder of originals, `originals/2026/2026-11-22`; the second one of a day ends in `_2`. */
export function dayFolder(day: string, ordinal: number): string {
  return `originals/${day.slice(0, 4)}/${day}${ordinal > 1 ? `_${ordinal}` : ''}`;
}

/** Folder and name of a place in the vault. */
export function splitPlace(at: string): { readonly folder: string; readonly name: string } {
  const slash = at.lastIndexOf('/');
  return { folder: at.slice(0, Math.max(slash, 0)), name: at.slice(slash + 1) };
}

/** The day of the folder that a place lies in, `YYYY-MM-DD`: what {@link dayFolder} was given. */
export function dayOfPlace(at: string): string {
  return /^originals\/\d{4}\/(\d{4}-\d\d-\d\d)/.exec(at)?.[1] ?? '1970-01-01';
}

/** Characters no target may refuse, one form of Unicode, nothing hidden. */
function cleaned(name: string): string {
  return (
    name
      .toWellFormed()
      .replaceAll('\uFFFD', '_')
      .normalize('NFC')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
      .replace(/[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\u2028\u2029\ufeff]/g, '_')
      .replace(/^\./, '_')
  );
}

function splitName(name: string): { stem: string; extension: string } {
  const match = /^(.*)(\.[A-Za-z0-9_-]{1,16})$/su.exec(name);
  const stem = (match?.[1] ?? name).replace(/[. ]+$/u, '');
  return { stem: stem === '' ? 'file' : stem, extension: match?.[2] ?? '' };
}

/** Windows reserves these whatever follows the first dot. */
function isDeviceName(stem: string): boolean {
  const first = stem.split('.')[0] ?? '';
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/iu.test(
    first.trimEnd(),
  );
}

/** The longest start of the text, by whole characters, that has at most so many UTF-8 bytes. */
function cutToBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += new TextEncoder().encode(character).length;
    if (bytes > bytesMax) return kept.replace(/[. ]+$/u, '');
    kept += character;
  }
  return kept;
}
