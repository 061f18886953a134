import { BLOCK_BYTES, SPAN_WORDS } from './sensor-block.ts';
import { NOISE_TABLE_LENGTH, type SensorJob } from './sensor-job.ts';

/** Spans one scene row may have. */
export const SPANS_MAX = 512;

/** Where everything lies in a sensor kernel's memory; addresses in bytes. */
export interface SensorMemory {
  readonly bytes: number;
  /** The scene column of the first place of every row buffer, a multiple of 8, and their length. */
  readonly firstColumn: number;
  readonly columns: number;
  /** The place in the row buffers under the first tap of sensor column 0. */
  readonly lead: number;
  /** Values of one coarse row. */
  readonly cells: number;
  readonly tableLength: number;
  readonly slotBytes: number;
  readonly address: {
    readonly table: number;
    readonly coarse: { readonly base: readonly number[]; readonly rough: readonly number[] };
    readonly base: number;
    readonly grain: number;
    readonly planes: number;
    readonly glow: number;
    readonly spans: number;
    readonly ring: number;
    readonly fallColumns: number;
    readonly offsets: number;
    readonly noiseSeeds: number;
    readonly patternSeeds: number;
    readonly out: number;
  };
}

/** Lays out the memory for one job. Every buffer has 16 values more, for loops that go by four. */
export function layOut(job: SensorJob): SensorMemory {
  const firstTap = Math.floor(job.shift.x) - 1;
  const firstColumn = firstTap & ~7;
  const lead = firstTap - firstColumn;
  const columns = (lead + job.widthPixels + 3 + 7) & ~7;
  const cells = columns / 8 + 1;
  const tableLength = NOISE_TABLE_LENGTH + columns + 16;
  const slotBytes = (job.widthPixels + 8) * 12;
  let next = BLOCK_BYTES;
  const take = (values: number): number => {
    const start = next;
    next = (start + (values + 16) * 4 + 15) & ~15;
    return start;
  };
  const address = {
    table: take(tableLength),
    coarse: { base: [take(cells), take(cells)], rough: [take(cells), take(cells)] },
    base: take(columns),
    grain: take(columns),
    planes: take(columns * 3),
    glow: take(columns),
    spans: take(SPANS_MAX * SPAN_WORDS),
    ring: take(slotBytes),
    fallColumns: take(job.widthPixels),
    offsets: take(job.widthPixels),
    noiseSeeds: take(16),
    patternSeeds: take(16),
    out: take(job.widthPixels),
  };
  return { bytes: next, firstColumn, columns, lead, cells, tableLength, slotBytes, address };
}
