import { resolve, toNamespacedPath } from 'node:path';

/** What Node is given as a path: bytes where the path holds a name that is not valid UTF-8. */
export type NativePath = string | Buffer;

/**
 * Turns the bytes of a name into a string: valid UTF-8 as such, every other byte as a lone surrogate U+DC80..U+DCFF
 * (PEP 383). Every byte string makes the way there and back through {@link encodeName}.
 */
export function decodeName(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let name = '';
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      name += String.fromCharCode(0xdc00 + (bytes[index] ?? 0));
      index += 1;
    } else {
      name += Buffer.from(bytes.subarray(index, index + length)).toString('utf8');
      index += length;
    }
  }
  return name;
}

/** The bytes of a name or path; the exact inverse of {@link decodeName}. */
export function encodeName(name: string): Buffer {
  if (name.isWellFormed()) return Buffer.from(name, 'utf8');
  const parts: Buffer[] = [];
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0;
    const isByte = code >= 0xdc80 && code <= 0xdcff;
    parts.push(isByte ? Buffer.of(code - 0xdc00) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** The form of our path that Node's calls take: bytes where needed, and the long form (`\\?\C:\...`) on Windows. */
export function nativePath(path: string): NativePath {
  const long = toNamespacedPath(path);
  return long.isWellFormed() ? long : encodeName(long);
}

/** The path of an entry in a folder. */
export function joinPath(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** Our form of a path that a person typed: absolute, from the working folder, with '/' between names. */
export function absolutePath(path: string): string {
  const absolute = resolve(path);
  return process.platform === 'win32' ? absolute.replaceAll('\\', '/') : absolute;
}

/** Our form of an absolute path that the system gave: '/' between names, without the long form's start on Windows. */
export function parseNativePath(bytes: Uint8Array, platform: string = process.platform): string {
  const path = decodeName(bytes);
  if (platform !== 'win32') return path;
  const short = path.replace(/^\\\\\?\\UNC\\/, '\\\\').replace(/^\\\\\?\\/, '');
  return short.replaceAll('\\', '/');
}

/** Length of the well-formed UTF-8 sequence that starts here, 0 where none does (Unicode 16, table 3-7). */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const lead = bytes[index] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || index + length > bytes.length) return 0;
  const second = bytes[index + 1] ?? 0;
  // The four leads whose second byte has a narrower range: no overlong forms, no surrogates, nothing past U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let offset = 2; offset < length; offset += 1) {
    if (((bytes[index + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
