/** A record of a CIFF file that holds bytes. */
export interface CiffRecord {
  /** Type and number, 14 bits: 0x2005 is the sensor's data. */
  readonly tag: number;
  /** Bytes from the file's start. */
  readonly offset: number;
  readonly length: number;
}

/** What is believed of one file. */
const LIMITS_OF_FILE = { heaps: 32, records: 1024, depth: 4 };

/** "HEAPCCDR" from byte 6 on. */
const MARK = [0x48, 0x45, 0x41, 0x50, 0x43, 0x43, 0x44, 0x52];

/**
 * Reads the records of a CIFF file (Canon before CR2), those of inner heaps too; null where it is none. Offsets that
 * lead nowhere are left out: bounded in time and memory whatever the bytes say.
 */
export function readCiffRecords(bytes: Uint8Array): readonly CiffRecord[] | null {
  if (bytes.length < 26 || bytes[0] !== 0x49 || bytes[1] !== 0x49) return null;
  if (!MARK.every((byte, index) => bytes[6 + index] === byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = view.getUint32(2, true);
  const records: CiffRecord[] = [];
  const heaps = [{ start, end: bytes.length, depth: 0 }];
  for (let next = 0; next < Math.min(heaps.length, LIMITS_OF_FILE.heaps); next++) {
    const { start: from, end, depth } = heaps[next]!;
    for (const record of recordsOf(view, from, end)) {
      if (records.length === LIMITS_OF_FILE.records) return records;
      const kind = record.tag & 0x3800;
      const isHeap = kind === 0x2800 || kind === 0x3000;
      if (!isHeap) records.push(record);
      else if (depth < LIMITS_OF_FILE.depth) {
        const inner = { start: record.offset, end: record.offset + record.length };
        heaps.push({ ...inner, depth: depth + 1 });
      }
    }
  }
  return records;
}

/** A heap ends with the place of its table: a count, and ten bytes for each record. */
function recordsOf(view: DataView, start: number, end: number): CiffRecord[] {
  if (end > view.byteLength || end - start < 6) return [];
  const table = start + view.getUint32(end - 4, true);
  if (table + 2 > end) return [];
  const count = view.getUint16(table, true);
  if (table + 2 + count * 10 > end) return [];
  const records: CiffRecord[] = [];
  for (let index = 0; index < count; index++) {
    const at = table + 2 + index * 10;
    const tag = view.getUint16(at, true);
    // Eight bytes that stand in the record itself.
    const isInside = (tag & 0xc000) === 0x4000;
    const length = isInside ? 8 : view.getUint32(at + 2, true);
    const offset = isInside ? at + 2 : start + view.getUint32(at + 6, true);
    if (offset + length <= end) records.push({ tag: tag & 0x3fff, offset, length });
  }
  return records;
}
