import type { PrefixCode } from './prefix-code.ts';
import { readAcFirst, readAcMore, readDcFirst, readDcMore } from './read-progressive.ts';
import { readSequentialBlock } from './read-sequential.ts';
import { placeInFile, type ScanBits, unstuffScan } from './scan-bits.ts';
import type { CursorPart, ReadBlock, ScanCursor } from './scan-cursor.ts';
import { noNotes, type ScanNotes } from './scan-notes.ts';
import { orderScan, type ScanOrder } from './scan-order.ts';
import type { JpegScan } from './walk.ts';

/** One scan that was read. */
export interface ReadScan {
  readonly notes: ScanNotes;
  /** Where it ends in the file. */
  readonly end: number;
}

/**
 * Reads the scan that begins at `start` into the coefficients, as far as its bits make sense; what does not stays in
 * the file behind `end`. Null where a progressive scan breaks off: its blocks cannot be left half read.
 */
export function readScan(
  bytes: Uint8Array,
  start: number,
  scan: JpegScan,
  coefficients: Int16Array,
): ReadScan | null {
  const parts = partsOf(scan);
  if (parts === null) return null;
  const bits = unstuffScan(bytes, start);
  const { from, to, low } = scan;
  const cursor: ScanCursor = {
    ...{ bits, coefficients, from, to, low, notes: noNotes(), before: new Int32Array(4) },
    ...{ at: 0, block: 0, runLeft: 0, runBefore: 0 },
  };
  const order = orderScan(scan);
  const end = readMcus(cursor, order, { parts, scan, readBlock: kindOf(scan) });
  if (scan.frame.isProgressive && cursor.notes.mcus < order.mcus) return null;
  const endByte = takePad(cursor, end.at);
  return { notes: cursor.notes, end: placeInFile(bytes, bits, end.interval, endByte) };
}

/** The parts with the codes that the scan's kind needs; null where one is missing. */
function partsOf(scan: JpegScan): CursorPart[] | null {
  const { isProgressive } = scan.frame;
  const needsDc = !isProgressive || (scan.from === 0 && scan.high === 0);
  const needsAc = !isProgressive || scan.from > 0;
  const parts: CursorPart[] = [];
  for (const [index, { dc, ac }] of scan.parts.entries()) {
    if ((needsDc && dc === null) || (needsAc && ac === null)) return null;
    const any = (dc ?? ac) as PrefixCode;
    parts.push({ index, dc: dc ?? any, ac: ac ?? any });
  }
  return parts;
}

function kindOf(scan: JpegScan): ReadBlock {
  if (!scan.frame.isProgressive) return readSequentialBlock;
  if (scan.from === 0) return scan.high === 0 ? readDcFirst : readDcMore;
  return scan.high === 0 ? readAcFirst : readAcMore;
}

interface Work {
  readonly parts: readonly CursorPart[];
  readonly scan: JpegScan;
  readonly readBlock: ReadBlock;
}

/** Where the last whole MCU ends. */
interface End {
  readonly interval: number;
  readonly at: number;
}

function readMcus(cursor: ScanCursor, order: ScanOrder, work: Work): End {
  const { bits, notes } = cursor;
  const { restartEvery } = work.scan;
  let end = { interval: 0, at: 0 };
  for (let mcu = 0; mcu < order.mcus; mcu++) {
    let { interval } = end;
    if (restartEvery > 0 && mcu > 0 && mcu % restartEvery === 0) {
      if (!isIntervalDone(cursor, interval)) break;
      takePad(cursor, end.at);
      noteMarker(notes, interval, bits.markers[interval]!);
      interval += 1;
      cursor.at = bits.ends[interval - 1]! * 8;
      cursor.runBefore = 0;
      cursor.before.fill(0);
    }
    if (!readMcu(cursor, order, work, mcu) || cursor.at > bits.ends[interval]! * 8) {
      dropMcu(cursor, order, mcu);
      // The pad and the marker before an interval of which nothing could be read belong to what is kept as it is.
      if (interval > end.interval) dropMarker(notes, end.interval);
      break;
    }
    notes.mcus = mcu + 1;
    end = { interval, at: cursor.at };
  }
  if (cursor.runLeft > 0) notes.mcus = 0;
  return end;
}

function readMcu(cursor: ScanCursor, order: ScanOrder, work: Work, mcu: number): boolean {
  const row = Math.floor(mcu / order.mcusWide);
  const column = mcu - row * order.mcusWide;
  for (const { part, place, stepRight, stepDown } of order.blocks) {
    const at = place + column * stepRight + row * stepDown;
    if (!work.readBlock(cursor, work.parts[part]!, at)) return false;
    cursor.block += 1;
  }
  return true;
}

/** Takes back an MCU of a sequential scan. */
function dropMcu(cursor: ScanCursor, order: ScanOrder, mcu: number): void {
  const row = Math.floor(mcu / order.mcusWide);
  const column = mcu - row * order.mcusWide;
  for (const { place, stepRight, stepDown } of order.blocks) {
    const at = place + column * stepRight + row * stepDown;
    cursor.coefficients.fill(0, at, at + 64);
  }
  const { zeroRuns } = cursor.notes;
  const first = mcu * order.blocks.length;
  while (zeroRuns.length > 0 && zeroRuns.at(-1)![0] >= first) zeroRuns.pop();
}

/** Whether an interval ends where its last MCU ended, with a restart marker behind it. */
function isIntervalDone(cursor: ScanCursor, interval: number): boolean {
  const { ends, markers } = cursor.bits;
  return cursor.runLeft === 0 && (cursor.at + 7) >> 3 === ends[interval] && markers[interval] !== 0;
}

function noteMarker(notes: ScanNotes, interval: number, marker: number): void {
  if (marker !== 0xd0 + (interval & 7)) notes.oddRestarts.push([interval, marker]);
}

function dropMarker(notes: ScanNotes, interval: number): void {
  notes.pads.pop();
  notes.padSizes.pop();
  if (notes.oddRestarts.at(-1)?.[0] === interval) notes.oddRestarts.pop();
}

/** Notes the bits between here and the next whole byte, and gives that byte's place. */
function takePad({ bits, notes }: { bits: ScanBits; notes: ScanNotes }, at: number): number {
  const size = -at & 7;
  notes.padSizes.push(size);
  notes.pads.push(bits.data[at >> 3]! & ((1 << size) - 1));
  return (at + 7) >> 3;
}
