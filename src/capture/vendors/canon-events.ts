import { protocolError } from '../camera-error.ts';
import { ByteReader } from '../ptp/bytes.ts';

/** What a Canon EOS tells in the data of operation 9116. */
export type CanonEvent =
  | { readonly kind: 'added'; readonly raw: number; readonly sizeBytes: number | null }
  | {
      readonly kind: 'waiting';
      readonly raw: number;
      readonly name: string;
      readonly sizeBytes: number | null;
    }
  | { readonly kind: 'removed'; readonly raw: number }
  | { readonly kind: 'changed' }
  | { readonly kind: 'property'; readonly property: number; readonly value: number }
  | { readonly kind: 'allowed'; readonly property: number; readonly values: readonly number[] }
  | { readonly kind: 'shutdown' };

const HEAD_BYTES = 8;

/**
 * Reads entries of {size, type, body} up to an entry of type 0, or to the end.
 * @throws FieldVaultError CAMERA_PROTOCOL for a size below 8 or beyond the end
 */
export function decodeCanonEvents(bytes: Uint8Array): CanonEvent[] {
  const reader = new ByteReader(bytes, 'Canon events');
  const events: CanonEvent[] = [];
  while (reader.left >= HEAD_BYTES) {
    const size = reader.u32();
    const type = reader.u32();
    if (type === 0) break;
    if (size < HEAD_BYTES) throw protocolError(`a Canon event of ${size} bytes`);
    const event = decodeEvent(type, reader.take(size - HEAD_BYTES));
    if (event !== null) events.push(event);
  }
  return events;
}

/** Offsets count behind size and type: libgphoto2's (ptp-pack.c) less 8. */
function decodeEvent(type: number, body: Uint8Array): CanonEvent | null {
  const reader = new ByteReader(body, `a Canon event ${type.toString(16)}`);
  switch (type) {
    case 0xc181:
      return { kind: 'added', raw: reader.u32(), sizeBytes: sizeAt(body, 0x14, 4) };
    case 0xc1a7:
      return { kind: 'added', raw: reader.u32(), sizeBytes: sizeAt(body, 0x14, 8) };
    case 0xc186:
    case 0xc1a9:
      return {
        kind: 'waiting',
        raw: reader.u32(),
        sizeBytes: sizeAt(body, 0x0c, 4),
        name: nameAt(body, 0x14),
      };
    case 0xc182:
      return { kind: 'removed', raw: reader.u32() };
    case 0xc184:
    case 0xc185:
    case 0xc187:
    case 0xc188:
    case 0xc192:
    case 0xc193:
      return { kind: 'changed' };
    case 0xc189:
      // Some properties are longer than a number, some have no value at all.
      return {
        kind: 'property',
        property: reader.u32(),
        value: reader.left < 4 ? 0 : reader.u32(),
      };
    case 0xc18a:
      return decodeAllowed(reader);
    case 0xc18d:
      return { kind: 'shutdown' };
    default:
      return null;
  }
}

function decodeAllowed(reader: ByteReader): CanonEvent | null {
  const property = reader.u32();
  const isList = reader.u32() === 3;
  if (!isList) return null;
  // Count before the values; what does not fit is not believed.
  let left = reader.u32();
  const values: number[] = [];
  for (; left > 0 && reader.left >= 4; left -= 1) values.push(reader.u32());
  return { kind: 'allowed', property, values };
}

function sizeAt(body: Uint8Array, at: number, bytes: 4 | 8): number | null {
  if (body.length < at + bytes) return null;
  const reader = new ByteReader(body.subarray(at), 'a size');
  return bytes === 4 ? reader.u32() : reader.u64();
}

/** Letters of one byte up to a NUL. */
function nameAt(body: Uint8Array, at: number): string {
  const end = body.indexOf(0, at);
  const letters = body.subarray(at, end < 0 ? body.length : end);
  return Array.from(letters, (letter) => String.fromCharCode(letter)).join('');
}
