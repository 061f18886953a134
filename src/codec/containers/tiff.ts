/** An image file directory: the whole numbers of each entry. */
export interface TiffFolder {
  readonly isLittle: boolean;
  /** Numbers of an entry, rationals and texts left out; empty where there is none. */
  numbers(tag: number): readonly number[];
  /** The bytes of an entry of bytes; empty where there is none. */
  bytes(tag: number): Uint8Array;
}

/** What is believed of one file: real files have fewer. */
const LIMITS_OF_FILE = { folders: 64, entries: 1024, values: 65_536, valuesOfFile: 1_000_000 };

/** Bytes of one value by type number: byte, short, long and folder offset; others are not numbers. */
const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 7: 1, 13: 4 };

/** Sub-folders, the folder of EXIF, and the one of Fujifilm's sensor data. */
const INNER_FOLDERS = [0x014a, 0x8769, 0xf000];

/** Marks of TIFF 6.0 and of makers' own versions of it: ORF (two), RW2. */
const MARKS = [0x002a, 0x4f52, 0x5352, 0x0055];

interface Walk {
  readonly view: DataView;
  readonly isLittle: boolean;
  readonly seen: Set<number>;
  readonly folders: TiffFolder[];
  valuesLeft: number;
}

/**
 * Reads the folders of a TIFF file and their sub-folders, in that order; null where it is none. Offsets that lead
 * nowhere or in circles are left out: bounded in time and memory whatever the bytes say.
 */
export function readTiffFolders(bytes: Uint8Array): readonly TiffFolder[] | null {
  if (bytes.length < 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const order = view.getUint16(0);
  const isLittle = order === 0x4949;
  if (!isLittle && order !== 0x4d4d) return null;
  if (!MARKS.includes(view.getUint16(2, isLittle))) return null;
  const seen = new Set<number>();
  const walk: Walk = {
    ...{ view, isLittle, seen, folders: [] },
    valuesLeft: LIMITS_OF_FILE.valuesOfFile,
  };
  const waiting = [view.getUint32(4, isLittle)];
  for (let next = 0; next < waiting.length && seen.size < LIMITS_OF_FILE.folders; next++) {
    const folder = readFolder(walk, waiting[next]!);
    if (folder === null) continue;
    walk.folders.push(folder);
    const further = [folder.next, ...INNER_FOLDERS.flatMap((tag) => folder.numbers(tag))];
    waiting.push(...further.slice(0, LIMITS_OF_FILE.folders));
  }
  return walk.folders;
}

function readFolder(walk: Walk, offset: number): (TiffFolder & { readonly next: number }) | null {
  const { view, isLittle, seen } = walk;
  if (offset < 8 || offset + 2 > view.byteLength || seen.has(offset)) return null;
  seen.add(offset);
  const count = view.getUint16(offset, isLittle);
  const end = offset + 2 + count * 12;
  if (count === 0 || count > LIMITS_OF_FILE.entries || end > view.byteLength) return null;
  const entries = new Map<number, number>();
  for (let at = offset + 2; at < end; at += 12) {
    const tag = view.getUint16(at, isLittle);
    if (!entries.has(tag)) entries.set(tag, at);
  }
  const next = end + 4 <= view.byteLength ? view.getUint32(end, isLittle) : 0;
  const known = new Map<number, readonly number[]>();
  const numbers = (tag: number): readonly number[] => {
    const place = entries.get(tag);
    if (place === undefined) return [];
    const values = known.get(tag) ?? readValues(walk, place);
    known.set(tag, values);
    return values;
  };
  const bytes = (tag: number): Uint8Array => {
    const place = entries.get(tag);
    return place === undefined ? new Uint8Array(0) : readBytes(walk, place);
  };
  return { isLittle, next, numbers, bytes };
}

/** Bytes and undefined values, longer than four. */
function readBytes({ view, isLittle }: Walk, place: number): Uint8Array {
  const type = view.getUint16(place + 2, isLittle);
  const length = view.getUint32(place + 4, isLittle);
  const from = view.getUint32(place + 8, isLittle);
  if ((type !== 1 && type !== 7) || length <= 4) return new Uint8Array(0);
  if (from + length > view.byteLength) return new Uint8Array(0);
  return new Uint8Array(view.buffer, view.byteOffset + from, length);
}

function readValues(walk: Walk, place: number): readonly number[] {
  const { view, isLittle } = walk;
  const size = TYPE_BYTES[view.getUint16(place + 2, isLittle)] ?? 0;
  const count = view.getUint32(place + 4, isLittle);
  const length = size * count;
  if (length === 0 || count > Math.min(LIMITS_OF_FILE.values, walk.valuesLeft)) return [];
  walk.valuesLeft -= count;
  const from = length <= 4 ? place + 8 : view.getUint32(place + 8, isLittle);
  if (from + length > view.byteLength) return [];
  return Array.from({ length: count }, (_value, index) => {
    const at = from + index * size;
    if (size === 1) return view.getUint8(at);
    return size === 2 ? view.getUint16(at, isLittle) : view.getUint32(at, isLittle);
  });
}
