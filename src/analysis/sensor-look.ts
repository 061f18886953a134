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

/** Steps between black and white that a byte is looked up by; gamma makes the first ones of them large. */
const CURVE_STEPS = 16_384;

/** A sample's byte: black and white levels, white balance, gamma of 2.2. */
function curveOf({ black, white, neutral }: SensorStrip): (mean: number, colour: number) => number {
  const bytes = Uint8Array.from({ length: CURVE_STEPS + 1 }, (_, step) =>
    Math.round(255 * (step / CURVE_STEPS) ** (1 / 2.2)),
  );
  const scales = neutral.map((one) => CURVE_STEPS / (white - black) / one);
  return (mean, colour) => {
    const step = Math.round((mean - black) * scales[colour]!);
    return bytes[Math.max(0, Math.min(CURVE_STEPS, step))]!;
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
    for (let at = 0, column = 0; at < sums.length; at += 3) {
      for (const end = column + block; column < end; column += 2) {
        sums[at + even]! += row[column]!;
        sums[at + odd]! += row[column + 1]!;
      }
    }
  }
  for (let at = 0; at < sums.length; at += 1) sums[at]! /= Math.max(1, counts[at % 3]!);
  return sums;
}

function readRow(bytes: Uint8Array, { bits, isLittle }: SensorStrip, row: Uint16Array): void {
  if (bits === 16) {
    const [low, high] = isLittle ? [0, 1] : [1, 0];
    for (let at = 0; at < row.length; at += 1) {
      row[at] = bytes[at * 2 + low]! + bytes[at * 2 + high]! * 256;
    }
    return;
  }
  const mask = 2 ** bits - 1;
  let held = 0;
  let heldBits = 0;
  let next = 0;
  for (let at = 0; at < row.length; at += 1) {
    while (heldBits < bits) {
      held = ((held << 8) | bytes[next]!) & 0xff_ffff;
      next += 1;
      heldBits += 8;
    }
    heldBits -= bits;
    row[at] = (held >> heldBits) & mask;
  }
}
