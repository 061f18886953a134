import type { ByteSource } from '../byte-source.ts';
import {
  readFolder,
  readNumber,
  readNumbers,
  type TiffFile,
  type TiffFolder,
  tiffBudget,
  viewOf,
} from './tiff-folder.ts';

/** Samples of a sensor that lie in a file as they are, row by row. */
export interface SensorStrip {
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  /** 8 to 16; samples of 16 bits stand in the file's order, others without gaps, highest bit first (DNG 1.4). */
  readonly bits: number;
  readonly isLittle: boolean;
  /** Bytes from one row to the next: each begins with a whole byte. */
  readonly rowBytes: number;
  /** Colour of each place of a 2 x 2 cell: 0 red, 1 green, 2 blue. */
  readonly cfa: readonly number[];
  readonly black: number;
  readonly white: number;
  /** What white light gives in each colour, at most 1. */
  readonly neutral: readonly number[];
}

const CFA_PHOTOMETRIC = 32803;
const SIDE_MAX = 65_535;

/** Finds samples that are not compressed in a TIFF file's first folder or its sub-folders; null where there are none. */
export async function findSensorStrip(source: ByteSource): Promise<SensorStrip | null> {
  const head = await source.read(0, 8);
  if (head.length < 8) return null;
  const isLittle = head[0] === 0x49;
  const file: TiffFile = { source, base: 0, isLittle, budget: tiffBudget() };
  const first = await readFolder(file, viewOf(head).getUint32(4, isLittle));
  if (first === null) return null;
  for (const offset of [0, ...(await readNumbers(file, first.entries.get(0x014a)))]) {
    const folder = offset === 0 ? first : await readFolder(file, offset);
    const strip = folder === null ? null : await stripOf(file, folder, first);
    if (strip !== null) return strip;
  }
  return null;
}

async function stripOf(
  file: TiffFile,
  { entries }: TiffFolder,
  first: TiffFolder,
): Promise<SensorStrip | null> {
  const number = (tag: number): Promise<number | null> => readNumber(file, entries.get(tag));
  if ((await number(0x0103)) !== 1 || (await number(0x0106)) !== CFA_PHOTOMETRIC) return null;
  const [width, height] = [(await number(0x0100)) ?? 0, (await number(0x0101)) ?? 0];
  const bits = (await number(0x0102)) ?? 0;
  const offsets = await readNumbers(file, entries.get(0x0111));
  const lengths = await readNumbers(file, entries.get(0x0117));
  const cfa = await readNumbers(file, entries.get(0x828e));
  const offset = offsets[0];
  const isOneRun = offsets.every(
    (at, index) => index === 0 || at === offsets[index - 1]! + lengths[index - 1]!,
  );
  const isSized = Math.min(width, height) >= 2 && Math.max(width, height) <= SIDE_MAX;
  if (offset === undefined || !isOneRun || !isSized || bits < 8 || bits > 16) return null;
  if (cfa.length !== 4 || cfa.some((colour) => colour > 2)) return null;
  const rowBytes = Math.ceil((width * bits) / 8);
  const isThere = offset + rowBytes * height <= file.source.sizeBytes;
  if (!isThere || lengths.reduce((sum, one) => sum + one, 0) < rowBytes * height) return null;
  const most = 2 ** bits - 1;
  const black = Math.min(most - 1, (await number(0xc61a)) ?? 0);
  const white = Math.max(black + 1, Math.min(most, (await number(0xc61d)) ?? most));
  const neutral = await readNumbers(file, first.entries.get(0xc628));
  const isNeutral = neutral.length === 3 && neutral.every((one) => one > 0.05 && one <= 2);
  return {
    offset,
    width,
    height,
    bits,
    isLittle: file.isLittle,
    rowBytes,
    cfa,
    black: Number.isFinite(black) ? black : 0,
    white,
    neutral: isNeutral ? neutral : [1, 1, 1],
  };
}
