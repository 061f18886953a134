import { LUMA_WEIGHTS, type Pixels, type Rectangle } from './pixels.ts';

/** Two aspects closer than this are the same: makers round sizes to multiples of 8 or 16. */
const ASPECT_TOLERANCE = 0.02;
/** Mean luma of a bar at most this, 0 to 255: black, with the noise that JPEG puts around its edge. */
const BAR_LUMA_MAX = 20;
/** No pixel row of a bar, but the one at its edge, may be brighter than this. */
const BAR_LUMA_SPREAD = 14;
/** Bars take less than this part of a side: 16:9 in 1:1 takes 0.44. */
const BAR_PART_MAX = 0.5;

/** The whole of a picture. */
export function wholeOf({ width, height }: Pixels): Rectangle {
  return { left: 0, top: 0, width, height };
}

/**
 * The part of a picture without the black bars that fill it up to another aspect: cut to the first of these aspects
 * (width to height, as stored) that differs from the picture's own and leaves out nothing but bars. Cameras with sensors
 * of 3:2 write thumbnails of 4:3. The whole picture where there are no such bars: a dark sky alone is none.
 */
export function cutLetterbox(pixels: Pixels, aspects: readonly number[]): Rectangle {
  const own = pixels.width / pixels.height;
  for (const aspect of aspects) {
    if (!(aspect > 0) || Math.abs(own / aspect - 1) <= ASPECT_TOLERANCE) continue;
    const part = aspect > own ? cutRows(pixels, aspect) : cutColumns(pixels, aspect);
    if (part !== null) return part;
  }
  return wholeOf(pixels);
}

/** Whether a picture has this aspect, within what makers round away. */
export function hasAspect(width: number, height: number, aspect: number): boolean {
  return Math.abs(width / height / aspect - 1) <= ASPECT_TOLERANCE;
}

function cutRows(pixels: Pixels, aspect: number): Rectangle | null {
  const { width, height } = pixels;
  const kept = Math.round(width / aspect);
  const bar = barLength(height, kept);
  if (bar === null || !areDark(barLumas(pixels, bar, 'rows'))) return null;
  return { left: 0, top: bar, width, height: height - 2 * bar };
}

function cutColumns(pixels: Pixels, aspect: number): Rectangle | null {
  const { width, height } = pixels;
  const kept = Math.round(height * aspect);
  const bar = barLength(width, kept);
  if (bar === null || !areDark(barLumas(pixels, bar, 'columns'))) return null;
  return { left: bar, top: 0, width: width - 2 * bar, height };
}

/** Pixels of one bar; null where that would be no bar. An odd pixel is cut off too: half of it is black. */
function barLength(length: number, kept: number): number | null {
  const bar = Math.ceil((length - kept) / 2);
  return bar < 1 || bar * 2 > length * BAR_PART_MAX ? null : bar;
}

/** Mean luma of each line of both bars, without the inmost line, into which the picture may bleed. */
function barLumas(pixels: Pixels, bar: number, along: 'rows' | 'columns'): number[] {
  const length = along === 'rows' ? pixels.height : pixels.width;
  const lines = Math.max(1, bar - 1);
  const lumas: number[] = [];
  for (let line = 0; line < lines; line += 1) {
    lumas.push(lineLuma(pixels, line, along), lineLuma(pixels, length - 1 - line, along));
  }
  return lumas;
}

function areDark(lumas: readonly number[]): boolean {
  const most = Math.max(...lumas);
  return most <= BAR_LUMA_MAX && most - Math.min(...lumas) <= BAR_LUMA_SPREAD;
}

function lineLuma({ width, height, rgb }: Pixels, line: number, along: 'rows' | 'columns'): number {
  const [red, green, blue] = LUMA_WEIGHTS;
  const count = along === 'rows' ? width : height;
  const first = along === 'rows' ? line * width * 3 : line * 3;
  const step = along === 'rows' ? 3 : width * 3;
  let sum = 0;
  for (let index = 0, at = first; index < count; index += 1, at += step) {
    sum += rgb[at]! * red + rgb[at + 1]! * green + rgb[at + 2]! * blue;
  }
  return sum / count;
}
