import { Buffer } from 'node:buffer';

/** How an XMP packet is written. */
export type XmpEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** A packet's text, from which the same bytes can be made again. */
export interface XmpText {
  readonly text: string;
  readonly encoding: XmpEncoding;
  /** Bytes before the text: the byte order mark, where there is one. */
  readonly markBytes: number;
}

const MARKS: readonly { readonly encoding: XmpEncoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** Decodes without any loss; null where the bytes are no text of these encodings. */
export function decodeXmpText(bytes: Uint8Array): XmpText | null {
  const mark = MARKS.find(({ bytes: start }) =>
    start.every((byte, index) => bytes[index] === byte),
  );
  const encoding = mark?.encoding ?? encodingOfFirst(bytes);
  const markBytes = mark?.bytes.length ?? 0;
  try {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.subarray(markBytes)), encoding, markBytes };
  } catch {
    return null;
  }
}

/** XMP begins with `<` or white space: a zero beside it tells two-byte units. */
function encodingOfFirst(bytes: Uint8Array): XmpEncoding {
  if (bytes[0] === 0 && bytes[1] !== 0) return 'utf-16be';
  return bytes[0] !== 0 && bytes[1] === 0 ? 'utf-16le' : 'utf-8';
}

/** The bytes of a piece of text. */
export function encodeXmpText(text: string, encoding: XmpEncoding): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/** Where the characters at the given places begin in the bytes; the places must ascend. */
export function byteOffsetsOf(
  { text, encoding, markBytes }: XmpText,
  places: readonly number[],
): number[] {
  let place = 0;
  let offset = markBytes;
  return places.map((next) => {
    const width = next - place;
    offset += encoding === 'utf-8' ? Buffer.byteLength(text.slice(place, next), 'utf8') : 2 * width;
    place = next;
    return offset;
  });
}
