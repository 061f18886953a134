import { hash32 } from '../../kernels/index.ts';
import { writeCameraJpeg } from '../shoot/camera-jpeg.ts';
import { formatExifTime, subSeconds } from '../shoot/capture-time.ts';
import { writeDng } from '../shoot/dng.ts';
import { writeNef } from '../shoot/nef.ts';
import { renderPreviews } from '../shoot/previews.ts';
import { planFrames, type ShootPlan } from '../shoot/shoot-plan.ts';
import { RAW_FORMATS } from '../shoot/shoot-presets.ts';
import { expose } from '../shoot/write-frame.ts';

/** One file as a simulated camera makes it: bytes come on demand and are not kept. */
export interface CameraFile {
  /** Letters after the dot, such as `NEF`. */
  readonly extension: string;
  readonly sizeBytes: number;
  /** Pixels; 0 where the file is no picture. */
  readonly width: number;
  readonly height: number;
  /** Bytes from an offset: shorter at the end, the same each time. */
  read(offset: number, length: number): Uint8Array;
}

/** Makes the files of shots: RAW first, then its JPEG. */
export interface FrameMaker {
  /**
   * The files of one press of the shutter.
   * @param index number of the shot, from 0
   * @param takenLocalMs local time of the shot, milliseconds since 1970 as if local time were UTC
   */
  make(index: number, takenLocalMs: number): Promise<readonly CameraFile[]>;
}

/** What the shoot writer is told for a simulated camera. */
export interface ExposureOptions {
  readonly seed: number;
  /** Samples across and down: even, 64 to 16384. */
  readonly width: number;
  readonly height: number;
  readonly format: 'nef' | 'dng';
  /** A JPEG beside every RAW. */
  readonly pairs: boolean;
  /** How many different pictures are taken; later shots show them again, each with its own time. At least 1. */
  readonly exposures: number;
}

/** A picture that was taken, and where its files say when. */
interface Exposure {
  readonly files: readonly { readonly extension: string; readonly template: Template }[];
}

interface Template {
  readonly bytes: Uint8Array;
  readonly times: readonly number[];
  readonly fractions: readonly number[];
}

/** Frames of the shoot writer: real RAW and JPEG files, no two the same. Holds as many in memory as there are exposures. */
export function exposedFrames(options: ExposureOptions): FrameMaker {
  const plan = planOf(options);
  const planned = planFrames(plan);
  const taken = new Map<number, Promise<Exposure>>();
  return {
    make: async (index, takenLocalMs) => {
      const which = index % planned.length;
      const known = taken.get(which) ?? take(plan, which);
      taken.set(which, known);
      const { width, height } = options;
      return (await known).files.map(({ extension, template }) => ({
        extension,
        width,
        height,
        sizeBytes: template.bytes.length,
        read: (offset, length) => readStamped(template, takenLocalMs, { offset, length }),
      }));
    },
  };

  async function take(shoot: ShootPlan, which: number): Promise<Exposure> {
    const frame = planned[which];
    if (frame === undefined) throw new RangeError(`no exposure ${which}`);
    const { facts } = frame;
    const sensor = expose(shoot, frame);
    const previews = await renderPreviews(sensor, options.pairs);
    const raw =
      options.format === 'nef'
        ? writeNef(sensor, { facts, previews })
        : writeDng(sensor, { facts, previews, layout: { kind: 'packed' } });
    const files = [
      { extension: options.format.toUpperCase(), template: templateOf(raw, facts.takenLocalMs) },
    ];
    if (options.pairs) {
      const jpeg = await writeCameraJpeg(sensor, facts, previews);
      files.push({ extension: 'JPG', template: templateOf(jpeg, facts.takenLocalMs) });
    }
    return { files };
  }
}

function planOf({ seed, width, height, format, pairs, exposures }: ExposureOptions): ShootPlan {
  const formats = [format === 'nef' ? RAW_FORMATS.nef : RAW_FORMATS.packed];
  return {
    ...{ seed, width, height, pairs, formats, frames: exposures, burstLength: 4 },
    ...{ bits: 14, cfa: 'RGGB', isos: [100, 400, 1600], startLocalMs: FIRST_SHOT_MS },
    ...{ sidecars: false, voiceNotes: false, catalog: false, offsetMinutes: 0 },
  };
}

/** 2026-11-21 06:12:05.25, local time of a camera's first shot. */
export const FIRST_SHOT_MS = 1_795_241_525_250;

/** EXIF 2.31: DateTime and its kin are 19 characters; the fractions of a second stand in tags 9290 to 9292. */
const FRACTION_TAGS = [0x90, 0x91, 0x92];

function templateOf(bytes: Uint8Array, takenLocalMs: number): Template {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const fraction = subSeconds(takenLocalMs);
  const fractions = FRACTION_TAGS.flatMap((tag) => {
    // A text of two digits and its end stands in the entry itself: tag, type 2, count 3, value (TIFF 6.0, section 2).
    const entry = Buffer.from([tag, 0x92, 2, 0, 3, 0, 0, 0, ...Buffer.from(fraction)]);
    return placesOf(whole, entry).map((at) => at + 8);
  });
  return { bytes, fractions, times: placesOf(whole, Buffer.from(formatExifTime(takenLocalMs))) };
}

function placesOf(bytes: Buffer, pattern: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) {
    places.push(at);
  }
  return places;
}

interface Part {
  readonly offset: number;
  readonly length: number;
}

function readStamped(template: Template, takenLocalMs: number, part: Part): Uint8Array {
  const bytes = template.bytes.slice(part.offset, part.offset + part.length);
  const stamp = (places: readonly number[], text: string): void => {
    for (const place of places) stampText(bytes, place - part.offset, text);
  };
  stamp(template.times, formatExifTime(takenLocalMs));
  stamp(template.fractions, subSeconds(takenLocalMs));
  return bytes;
}

/** Writes as much of the text as lies inside the bytes. */
function stampText(bytes: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) {
    const place = at + index;
    if (place >= 0 && place < bytes.length) bytes[place] = text.charCodeAt(index);
  }
}

/** Bytes that one block of a {@link patternFrames} file has. */
const BLOCK_BYTES = 1_048_576;

/** What {@link patternFrames} is told. */
export interface PatternOptions {
  readonly seed: number;
  /** Size of each RAW, up to 2^53 - 1: a file of 5 GB costs no memory. */
  readonly sizeBytes: number;
  /** Left out: no JPEG beside it. */
  readonly jpegBytes?: number;
}

/** Files of a chosen size and noise as content: no pictures, for sizes and speeds that pictures take too long for. */
export function patternFrames({ seed, sizeBytes, jpegBytes }: PatternOptions): FrameMaker {
  const noise = new Uint32Array(BLOCK_BYTES / 4);
  for (let index = 0; index < noise.length; index++) noise[index] = hash32(seed, 71, index);
  const block = new Uint8Array(noise.buffer);
  const fileOf = (extension: string, size: number, key: number): CameraFile => ({
    ...{ extension, sizeBytes: size, width: 0, height: 0 },
    read: (offset, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      fillPattern(bytes, offset, { block, key });
      return bytes;
    },
  });
  return {
    make: async (index) => {
      const raw = fileOf('DNG', sizeBytes, hash32(seed, 72, index));
      if (jpegBytes === undefined) return [raw];
      return [raw, fileOf('JPG', jpegBytes, hash32(seed, 73, index))];
    },
  };
}

interface Pattern {
  readonly block: Uint8Array;
  readonly key: number;
}

/** Blocks of the same noise, each marked at its start with the file's key and the block's number. */
function fillPattern(bytes: Uint8Array, offset: number, { block, key }: Pattern): void {
  for (let done = 0; done < bytes.length; ) {
    const number = Math.floor((offset + done) / BLOCK_BYTES);
    const from = offset + done - number * BLOCK_BYTES;
    const piece = block.subarray(from, Math.min(BLOCK_BYTES, from + bytes.length - done));
    bytes.set(piece, done);
    const mark = new Uint8Array(new Uint32Array([key, number]).buffer);
    for (let index = 0; index < mark.length; index++) {
      const place = done - from + index;
      if (place >= done && place < bytes.length) bytes[place] = mark[index] ?? 0;
    }
    done += piece.length;
  }
}
