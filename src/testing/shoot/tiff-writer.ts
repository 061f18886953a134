/** Type numbers of TIFF 6.0 section 2, and the bytes of one value. */
const TIFF_TYPES = {
  byte: { code: 1, bytes: 1 },
  ascii: { code: 2, bytes: 1 },
  short: { code: 3, bytes: 2 },
  long: { code: 4, bytes: 4 },
  rational: { code: 5, bytes: 8 },
  undefined: { code: 7, bytes: 1 },
  signedRational: { code: 10, bytes: 8 },
} as const;

/** The name of a TIFF value type. */
export type TiffType = keyof typeof TIFF_TYPES;

/** Bytes that lie somewhere in the file; written straight into it, so that large ones exist only once. */
export interface TiffBlob {
  readonly sizeBytes: number;
  write(target: Uint8Array): void;
}

/** One field of a folder: values (rationals as pairs), further folders, or offsets of blobs. */
export type TiffField =
  | {
      readonly tag: number;
      readonly kind: 'values';
      readonly type: TiffType;
      readonly values: readonly number[];
    }
  | { readonly tag: number; readonly kind: 'folders'; readonly folders: readonly TiffFolder[] }
  | { readonly tag: number; readonly kind: 'blobs'; readonly blobs: readonly TiffBlob[] };

/** An image file directory. */
export interface TiffFolder {
  readonly fields: readonly TiffField[];
  readonly next?: TiffFolder;
}

/** `II`: little-endian, `MM`: big-endian. */
export type TiffOrder = 'II' | 'MM';

/** A field of numbers; rationals are given as numerator, denominator, numerator, ... */
export function field(tag: number, type: TiffType, ...values: readonly number[]): TiffField {
  return { tag, kind: 'values', type, values };
}

/** A field of ASCII text with its closing zero. */
export function textField(tag: number, text: string): TiffField {
  return { tag, kind: 'values', type: 'ascii', values: [...new TextEncoder().encode(text), 0] };
}

/** A blob of bytes that are there already. */
export function blobOf(bytes: Uint8Array): TiffBlob {
  return { sizeBytes: bytes.length, write: (target) => target.set(bytes) };
}

/**
 * Writes a TIFF file: header, folders each followed by its long values and its own folders, then all blobs, each at
 * a multiple of 16. Offsets count from the file's start (TIFF 6.0 section 2).
 */
export function writeTiff(order: TiffOrder, first: TiffFolder): Uint8Array<ArrayBuffer> {
  const placed: Placed[] = [];
  let end = placeFolder(first, 8, placed);
  const blobs = new Map<TiffBlob, number>();
  for (const { folder } of placed) {
    for (const entry of folder.fields) {
      if (entry.kind !== 'blobs') continue;
      for (const blob of entry.blobs) {
        const start = Math.ceil(end / 16) * 16;
        blobs.set(blob, start);
        end = start + blob.sizeBytes;
      }
    }
  }
  const bytes = new Uint8Array(end);
  const file: OpenFile = {
    view: new DataView(bytes.buffer),
    little: order === 'II',
    offsets: new Map(placed.map(({ folder, start }) => [folder, start])),
    blobs,
  };
  bytes.set(new TextEncoder().encode(order));
  file.view.setUint16(2, 42, file.little);
  file.view.setUint32(4, 8, file.little);
  for (const place of placed) writeFolder(file, place);
  for (const [blob, start] of blobs) blob.write(bytes.subarray(start, start + blob.sizeBytes));
  return bytes;
}

interface Placed {
  readonly folder: TiffFolder;
  readonly start: number;
}

interface OpenFile {
  readonly view: DataView;
  readonly little: boolean;
  readonly offsets: ReadonlyMap<TiffFolder, number>;
  readonly blobs: ReadonlyMap<TiffBlob, number>;
}

/** Notes where the folder and all below it begin; returns where they end. */
function placeFolder(folder: TiffFolder, start: number, placed: Placed[]): number {
  placed.push({ folder, start });
  let end = start + 6 + folder.fields.length * 12;
  for (const entry of folder.fields) end += longBytes(entry);
  for (const entry of folder.fields) {
    if (entry.kind !== 'folders') continue;
    for (const inner of entry.folders) end = placeFolder(inner, end, placed);
  }
  return folder.next === undefined ? end : placeFolder(folder.next, end, placed);
}

/** Bytes of a field that do not fit into its entry, made even: values begin on word boundaries. */
function longBytes(entry: TiffField): number {
  const { count, bytes } = extent(entry);
  return count * bytes > 4 ? (count * bytes + 1) & ~1 : 0;
}

function extent(entry: TiffField): {
  readonly count: number;
  readonly code: number;
  readonly bytes: number;
} {
  if (entry.kind === 'folders') return { count: entry.folders.length, ...TIFF_TYPES.long };
  if (entry.kind === 'blobs') return { count: entry.blobs.length, ...TIFF_TYPES.long };
  const type = TIFF_TYPES[entry.type];
  const values = entry.values.length;
  return { count: type.bytes === 8 ? values / 2 : values, ...type };
}

function writeFolder(file: OpenFile, { folder, start }: Placed): void {
  const { view, little, offsets } = file;
  const fields = [...folder.fields].sort((left, right) => left.tag - right.tag);
  view.setUint16(start, fields.length, little);
  let long = start + 6 + fields.length * 12;
  fields.forEach((entry, index) => {
    const at = start + 2 + index * 12;
    const { count, code, bytes } = extent(entry);
    view.setUint16(at, entry.tag, little);
    view.setUint16(at + 2, code, little);
    view.setUint32(at + 4, count, little);
    const room = longBytes(entry);
    if (room > 0) view.setUint32(at + 8, long, little);
    writeValues(file, entry, { at: room > 0 ? long : at + 8, bytes });
    long += room;
  });
  const next = folder.next === undefined ? 0 : (offsets.get(folder.next) ?? 0);
  view.setUint32(start + 2 + fields.length * 12, next, little);
}

function writeValues(
  file: OpenFile,
  entry: TiffField,
  place: { readonly at: number; readonly bytes: number },
): void {
  const { view, little } = file;
  const size = place.bytes === 8 ? 4 : place.bytes;
  numbersOf(file, entry).forEach((value, index) => {
    const at = place.at + index * size;
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
  });
}

function numbersOf({ offsets, blobs }: OpenFile, entry: TiffField): readonly number[] {
  if (entry.kind === 'folders') return entry.folders.map((folder) => offsets.get(folder) ?? 0);
  if (entry.kind === 'blobs') return entry.blobs.map((blob) => blobs.get(blob) ?? 0);
  return entry.values;
}
