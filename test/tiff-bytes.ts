/** One value of a folder: its TIFF type with its bytes, little-endian. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: readonly number[];
}

/** Two bytes, lowest first. */
export const le16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
/** Four bytes, lowest first. */
export const le32 = (value: number): number[] => [...le16(value), ...le16(value >>> 16)];
/** The bytes of a text whose letters are bytes. */
export const codes = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** An ASCII value. */
export function text(tag: number, value: string): Entry {
  const bytes = [...codes(value), 0];
  return { tag, type: 2, count: bytes.length, value: bytes };
}

/** Unsigned rationals, numerators and denominators in turn. */
export function rationals(tag: number, ...parts: number[]): Entry {
  return { tag, type: 5, count: parts.length / 2, value: parts.flatMap(le32) };
}

/** One 16-bit value. */
export function short(tag: number, value: number): Entry {
  return { tag, type: 3, count: 1, value: [...le16(value), 0, 0] };
}

/** A folder at a place with the values that do not fit in it behind it. */
export function folder(at: number, entries: readonly Entry[]): number[] {
  const start = at + 2 + entries.length * 12 + 4;
  const behind: number[] = [];
  const rows = entries.flatMap(({ tag, type, count, value }) => {
    const isShort = value.length <= 4;
    const place = isShort ? [...value, 0, 0, 0, 0].slice(0, 4) : le32(start + behind.length);
    if (!isShort) behind.push(...value);
    return [...le16(tag), ...le16(type), ...le32(count), ...place];
  });
  return [...le16(entries.length), ...rows, 0, 0, 0, 0, ...behind];
}

/** A TIFF header with a first, an EXIF and a GPS folder, each at a place of its own. */
export function tiff(
  first: readonly Entry[],
  exif: readonly Entry[] = [],
  gps: readonly Entry[] = [],
): number[] {
  const [exifAt, gpsAt] = [3000, 6000];
  const pointers = [
    { tag: 0x8769, type: 4, count: 1, value: le32(exifAt) },
    { tag: 0x8825, type: 4, count: 1, value: le32(gpsAt) },
  ];
  const bytes = [...codes('II'), 42, 0, ...le32(8), ...folder(8, [...first, ...pointers])];
  while (bytes.length < exifAt) bytes.push(0);
  bytes.push(...folder(exifAt, exif));
  while (bytes.length < gpsAt) bytes.push(0);
  return [...bytes, ...folder(gpsAt, gps)];
}
