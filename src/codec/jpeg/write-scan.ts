import { type BitSink, padSize, putBits } from './bit-sink.ts';
import type { PrefixCode } from './prefix-code.ts';
import type { ReadNotes } from './scan-notes.ts';
import { orderScan } from './scan-order.ts';
import type { ScanPen, WriteBlock } from './scan-pen.ts';
import type { JpegScan } from './walk.ts';
import {
  flushRun,
  writeAcFirst,
  writeAcMore,
  writeDcFirst,
  writeDcMore,
} from './write-progressive.ts';
import { writeSequentialBlock } from './write-sequential.ts';

/**
 * Writes a scan's bytes from the coefficients and what was noted when it was read.
 * False where the notes or tables do not fit, or the bytes do not fit into the sink.
 */
export function writeScan(
  sink: BitSink,
  scan: JpegScan,
  { coefficients, marks }: Pick<ScanPen, 'coefficients' | 'marks'>,
  notes: ReadNotes,
): boolean {
  const order = orderScan(scan);
  const words = scan.parts.map(({ dc, ac }) => ({ dc: wordsOf(dc), ac: wordsOf(ac) }));
  if (notes.mcus > order.mcus) return false;
  const { from, to, low, restartEvery } = scan;
  const pen: ScanPen = {
    ...{ sink, coefficients, marks, notes, from, to, low, before: new Int32Array(4) },
    ...{ block: 0, run: 0, runWords: words[0]!.ac, corrections: [], isWrong: false },
  };
  const writeBlock = kindOf(scan);
  let interval = 0;
  for (let mcu = 0; mcu < notes.mcus; mcu++) {
    if (restartEvery > 0 && mcu > 0 && mcu % restartEvery === 0) {
      endInterval(pen, interval);
      const marker = notes.oddRestarts.get(interval) ?? 0xd0 + (interval & 7);
      sink.bytes[sink.at] = 0xff;
      sink.bytes[sink.at + 1] = marker;
      sink.at += 2;
      interval += 1;
      pen.before.fill(0);
    }
    const row = Math.floor(mcu / order.mcusWide);
    const column = mcu - row * order.mcusWide;
    for (const { part, place, stepRight, stepDown } of order.blocks) {
      writeBlock(pen, part, words[part]!, place + column * stepRight + row * stepDown);
      pen.block += 1;
    }
    if (pen.isWrong || sink.at > sink.bytes.length) return false;
  }
  endInterval(pen, interval);
  return !pen.isWrong && sink.at <= sink.bytes.length;
}

const NO_WORDS = new Int32Array(256);

function wordsOf(code: PrefixCode | null): Int32Array {
  return code === null ? NO_WORDS : code.words;
}

function kindOf(scan: JpegScan): WriteBlock {
  if (!scan.frame.isProgressive) return writeSequentialBlock;
  if (scan.from === 0) return scan.high === 0 ? writeDcFirst : writeDcMore;
  return scan.high === 0 ? writeAcFirst : writeAcMore;
}

function endInterval(pen: ScanPen, interval: number): void {
  flushRun(pen);
  const { pads } = pen.notes;
  const size = padSize(pen.sink);
  const ones = (1 << size) - 1;
  const pad = pads === 'ones' ? ones : pads === 'zeros' ? 0 : (pads[interval] ?? 0);
  putBits(pen.sink, pad & ones, size);
}
