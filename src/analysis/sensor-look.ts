import type { ByteSource } from './byte-source.ts';
import type { Decoded } from './decode.ts';
import { findSensorStrip, type SensorStrip } from './previews/sensor-strip.ts';

/**
 * Makes a small picture of a RAW file without any preview, where its samples are not compressed: means of blocks of
 * 2 x 2 cells, white balance as shot, gamma; no demosaicing. Null where there are no such samples.
 * @param side the longer side is at most this, in pixels
 */
export async function developSensor(source: ByteSource, side: number): Promise<Decoded | null> {
  const strip = await findSensorStrip(source);
  if (strip === null) return null;
  const cells = Math.max(1, Math.ceil(Math.max(strip.width, strip.height) / 2 / side));
  const block = cells * 2;
  const [width, height] = [Math.floor(strip.width / block), Math.floor(strip.height / block)];
  if (width === 0 || height === 0) return null;
  const rgb = new Uint8Array(width * height * 3);
  const curve = curveOf(strip);
  for (let row = 0; row < height; row += 1) {
    const bytes = await source.read(
      strip.offset + row * block * strip.rowBytes,
      block * strip.rowBytes,
    );
    if (bytes.length < block * strip.rowBytes) return null;
    const means = blockMeans(bytes, strip, { block, width });
    for (let at = 0; at < means.length; at += 1) {
      rgb[row * width * 3 + at] = curve(means[at]!, at % 3);
    }
  }
  return {
    pixels: { width, height, rgb },
    orientation: null,
    width: strip.width,
    height: strip.height,
  };
}

/** A sample's byte: black and white levels, white balance, gamma of 2.2. */
function curveOf({ black, white, neutral }: SensorStrip): (mean: number, colour: number) => number {
  return (mean, colour) => {
    const level = (mean - black) / (white - black) / neutral[colour]!;
    return Math.round(255 * Math.max(0, Math.min(1, level)) ** (1 / 2.2));
  };
}

/** Means of red, green and blue over one row of blocks. */
function blockMeans(
  bytes: Uint8Array,
  strip: SensorStrip,
  layout: { readonly block: number; readonly width: number },
): Float64Array {
  const { block, width } = layout;
  const sums = new Float64Array(width * 3);
  const counts = [0, 0, 0];
  for (const colour of strip.cfa) counts[colour]! += (block * block) / 4;
  const row = new Uint16Array(width * block);
  for (let line = 0; line < block; line += 1) {
    readRow(bytes.subarray(line * strip.rowBytes, (line + 1) * strip.rowBytes), strip, row);
    const [even, odd] = [strip.cfa[(line & 1) * 2]!, strip.cfa[(line & 1) * 2 + 1]!];
    for (let column = 0; column < row.length; column += 2) {
      const at = Math.floor(column / block) * 3;
      sums[at + even]! += row[column]!;
      sums[at + odd]! += row[column + 1]!;
    }
  }
  return sums.map((sum, at) => sum / Math.max(1, counts[at % 3]!));
}

function readRow(bytes: Uint8Array, { bits, isLittle }: SensorStrip, row: Uint16Array): void {
  if (bits === 16) {
    const [low, high] = isLittle ? [0, 1] : [1, 0];
    for (let at = 0; at < row.length; at += 1) {
      row[at] = bytes[at * 2 + low]! + bytes[at * 2 + high]! * 256;
    }
    return;
  }
  let [held, heldBits, next] = [0, 0, 0];
  for (let at = 0; at < row.length; at += 1) {
    while (heldBits < bits) {
      held = ((held << 8) | bytes[next]!) & 0xff_ffff;
      next += 1;
      heldBits += 8;
    }
    heldBits -= bits;
    row[at] = (held >> heldBits) & (2 ** bits - 1);
  }
}
