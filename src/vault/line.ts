import { crc32 } from 'node:zlib';
import { LIMITS } from '../base/index.ts';

/** A JSON object as a line holds it, its `crc` already checked and left out. */
export type LineValue = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a line turned out to be: whole, mended in memory from one flipped bit, or lost. */
export type ParsedLine =
  | { readonly state: 'whole' | 'mended'; readonly value: LineValue }
  | { readonly state: 'lost' };

/** Up to this length CRC-32 tells one flipped bit from two (docs/vault-format.md section 2). */
const MENDABLE_BYTES_MAX = 11_450;
const encoder = new TextEncoder();
const CRC_START = encoder.encode(',"crc":"');
const CRC_END = encoder.encode('"}');
const CRC_DIGITS = 8;
const CRC_MEMBER_BYTES = CRC_START.length + CRC_DIGITS + CRC_END.length;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** One line of the vault with its CRC and line feed (docs/vault-format.md section 2). */
export function formatLine(value: LineValue): Uint8Array {
  const body = JSON.stringify(value).slice(0, -1);
  const crc = crc32(body).toString(16).padStart(8, '0');
  return encoder.encode(`${body},"crc":"${crc}"}\n`);
}

/** Reads one line (without its line feed); a single flipped bit is mended, anything worse is `lost`. */
export function parseLine(line: Uint8Array): ParsedLine {
  const value = parseWhole(line);
  if (value !== null) return { state: 'whole', value };
  const mended = mendOneBit(line);
  return mended === null ? { state: 'lost' } : { state: 'mended', value: mended };
}

function parseWhole(line: Uint8Array): LineValue | null {
  if (line.length <= CRC_MEMBER_BYTES || line.length >= LIMITS.journalLineBytesMax) return null;
  const bodyBytes = line.length - CRC_MEMBER_BYTES;
  const crc = crcMember(line, bodyBytes);
  if (crc === null) return null;
  const body = line.subarray(0, bodyBytes);
  return crc32(body) === crc ? parseObject(body) : null;
}

/** The number the CRC member at `start` says; null where none stands there. Every line passes here: no text is made. */
function crcMember(line: Uint8Array, start: number): number | null {
  if (!holdsAt(line, start, CRC_START)) return null;
  const end = start + CRC_START.length + CRC_DIGITS;
  let crc = 0;
  for (let index = end - CRC_DIGITS; index < end; index += 1) {
    const digit = hexDigit(line[index] ?? 0);
    if (digit < 0) return null;
    crc = (crc << 4) | digit;
  }
  return holdsAt(line, end, CRC_END) ? crc >>> 0 : null;
}

function holdsAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (bytes[start + index] !== wanted[index]) return false;
  }
  return true;
}

/** The value of a lower-case hex digit's character; negative where it is none. */
function hexDigit(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  return character >= 0x61 && character <= 0x66 ? character - 0x57 : -1;
}

function parseObject(body: Uint8Array): LineValue | null {
  try {
    const value: unknown = JSON.parse(`${decoder.decode(body)}}`);
    if (typeof value !== 'object' || value === null || !('type' in value)) return null;
    return typeof value.type === 'string' ? (value as LineValue) : null;
  } catch {
    return null;
  }
}

/**
 * CRC-32 is linear: a flipped bit changes it by a value that depends on the bit's distance from the end only.
 * Walking that value backwards over the line finds the one bit, if there is one, in a single pass.
 */
function mendOneBit(line: Uint8Array): LineValue | null {
  if (line.length <= CRC_MEMBER_BYTES || line.length > MENDABLE_BYTES_MAX) return null;
  const bodyBytes = line.length - CRC_MEMBER_BYTES;
  const crc = crcMember(line, bodyBytes);
  if (crc === null) return mendCrcMember(line, bodyBytes);
  const difference = (crc32(line.subarray(0, bodyBytes)) ^ crc) >>> 0;
  const copy = line.slice(0, bodyBytes);
  // A difference in one digit of the CRC itself: the body is whole.
  if (isOneFlippedDigit(difference)) {
    const value = parseObject(copy);
    if (value !== null) return value;
  }
  const bit = flippedBit(difference, bodyBytes);
  if (bit === null) return null;
  const byte = bit >> 3;
  copy[byte] = (copy[byte] ?? 0) ^ (1 << (bit & 7));
  return parseObject(copy);
}

/** A damaged CRC member: the body is trusted when the member is one bit away from the right one. */
function mendCrcMember(line: Uint8Array, bodyBytes: number): LineValue | null {
  const body = line.subarray(0, bodyBytes);
  const right = encoder.encode(`,"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`);
  let bits = 0;
  for (let index = 0; index < right.length; index += 1) {
    bits += countBits((line[bodyBytes + index] ?? 0) ^ (right[index] ?? 0));
  }
  return bits === 1 ? parseObject(body) : null;
}

/** One bit flipped in a hex digit leaves another hex digit: the CRCs then differ in one nibble only. */
function isOneFlippedDigit(difference: number): boolean {
  const text = difference.toString(16).padStart(8, '0');
  return [...text].filter((digit) => digit !== '0').length === 1;
}

/** The index of the bit whose flip changes the CRC of so many bytes by `difference`; null where none does. */
function flippedBit(difference: number, bytes: number): number | null {
  // The effect of the last byte's bits, then one zero byte further back at each step.
  const effects = Array.from({ length: 8 }, (_, bit) => crcOfFlip(1 << bit));
  for (let byte = bytes - 1; byte >= 0; byte -= 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      if (effects[bit] === difference) return byte * 8 + bit;
      effects[bit] = shiftByte(effects[bit] ?? 0);
    }
  }
  return null;
}

function crcOfFlip(value: number): number {
  return (crc32(Uint8Array.of(value)) ^ crc32(Uint8Array.of(0))) >>> 0;
}

/** The CRC register's linear part moved on by one zero byte (polynomial 0xEDB88320, bits reflected). */
function shiftByte(register: number): number {
  let value = register;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
}

function countBits(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
