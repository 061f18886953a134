import { hash32 } from '../../src/kernels/index.ts';

/** What a made JPEG file is like. It shares no code with the codec: plain tables, random coefficients. */
export interface MadeJpeg {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** Sampling of each plane, across and down. */
  readonly sampling: readonly (readonly [number, number])[];
  readonly restartEvery?: number;
  /** One scan for each plane. */
  readonly isApart?: boolean;
  /** The bit that fills up bytes. */
  readonly pad?: 0 | 1;
  /** Height 0 in the frame, given behind the scan. */
  readonly hasDefinedLines?: boolean;
  /** Needless zero runs before the end of blocks, in some blocks. */
  readonly hasZeroRuns?: boolean;
  /** Coefficients that are not zero, of a hundred. */
  readonly fullness?: number;
  /** Another frame of the burst: some coefficients are a step larger. */
  readonly noiseSeed?: number;
}

/** Samplings of planes, across and down, as cameras and editors have them and odder ones. */
export const SAMPLINGS = {
  gray: [[1, 1]],
  full: [
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  half: [
    [2, 1],
    [1, 1],
    [1, 1],
  ],
  quarter: [
    [2, 2],
    [1, 1],
    [1, 1],
  ],
  upright: [
    [1, 2],
    [1, 1],
    [1, 1],
  ],
  long: [
    [4, 1],
    [1, 1],
    [1, 1],
  ],
  odd: [
    [2, 2],
    [2, 1],
    [1, 2],
  ],
  four: [
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  one: [[2, 2]],
} as const;

/** Bits with stuffing (T.81 F.1.2.3). */
class Bits {
  readonly bytes: number[] = [];
  #held = '';

  put(value: number, size: number): void {
    this.#held += size === 0 ? '' : value.toString(2).padStart(size, '0');
    while (this.#held.length >= 8) {
      const byte = Number.parseInt(this.#held.slice(0, 8), 2);
      this.bytes.push(...(byte === 255 ? [255, 0] : [byte]));
      this.#held = this.#held.slice(8);
    }
  }

  fill(pad: 0 | 1): void {
    while (this.#held.length > 0) this.put(pad, 1);
  }
}

/** Makes the bytes of a sequential JPEG file. */
export function makeJpeg(made: MadeJpeg): Uint8Array {
  const { sampling, width, height } = made;
  const bytes = [0xff, 0xd8];
  const segment = (marker: number, body: readonly number[]): void => {
    bytes.push(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body);
  };
  segment(
    0xe1,
    [...'Exif made for tests, Exif made for tests'].map((c) => c.charCodeAt(0)),
  );
  segment(0xdb, [0, ...Array.from({ length: 64 }, (_step, k) => 2 + k)]);
  const lines = made.hasDefinedLines === true ? [0, 0] : [height >> 8, height & 255];
  const planes = sampling.flatMap(([h, v], index) => [index + 1, h * 16 + v, 0]);
  segment(0xc0, [8, ...lines, width >> 8, width & 255, sampling.length, ...planes]);
  const sizes = Array.from({ length: 12 }, (_size, index) => index);
  segment(0xc4, [0, 0, 0, 0, 12, ...new Array(12).fill(0), ...sizes]);
  const symbols = Array.from({ length: 255 }, (_symbol, index) => index);
  segment(0xc4, [16, ...new Array(7).fill(0), 255, ...new Array(8).fill(0), ...symbols]);
  const { restartEvery = 0 } = made;
  if (restartEvery > 0) segment(0xdd, [restartEvery >> 8, restartEvery & 255]);
  const all = sampling.map((_plane, index) => index);
  for (const [number, parts] of (made.isApart === true ? all.map((p) => [p]) : [all]).entries()) {
    segment(0xda, [parts.length, ...parts.flatMap((plane) => [plane + 1, 0]), 0, 63, 0]);
    for (const byte of scanBytes(made, parts)) bytes.push(byte);
    if (number === 0 && made.hasDefinedLines === true) segment(0xdc, [height >> 8, height & 255]);
  }
  bytes.push(0xff, 0xd9);
  return Uint8Array.from(bytes);
}

function scanBytes(made: MadeJpeg, parts: readonly number[]): number[] {
  const { sampling, width, height, restartEvery = 0, pad = 1, seed } = made;
  const hMax = Math.max(...sampling.map(([h]) => h));
  const vMax = Math.max(...sampling.map(([, v]) => v));
  const isOne = parts.length === 1;
  const [h1, v1] = sampling[parts[0] ?? 0] ?? [1, 1];
  const wide = isOne
    ? Math.ceil(Math.ceil((width * h1) / hMax) / 8)
    : Math.ceil(width / (8 * hMax));
  const high = isOne
    ? Math.ceil(Math.ceil((height * v1) / vMax) / 8)
    : Math.ceil(height / (8 * vMax));
  const bits = new Bits();
  const before = [0, 0, 0, 0];
  for (let mcu = 0; mcu < wide * high; mcu++) {
    if (restartEvery > 0 && mcu > 0 && mcu % restartEvery === 0) {
      bits.fill(pad);
      bits.bytes.push(0xff, 0xd0 + ((mcu / restartEvery - 1) % 8));
      before.fill(0);
    }
    for (const plane of parts) {
      const [h, v] = isOne ? [1, 1] : (sampling[plane] ?? [1, 1]);
      for (let block = 0; block < h * v; block++) {
        const random = hash32(seed, mcu, plane * 16 + block);
        const dc = (hash32(seed, mcu >> 2) % 200) + (random % 30) - 100;
        putNumber(bits, 4, 0, dc - (before[plane] ?? 0));
        before[plane] = dc;
        putBlock(bits, made, random);
      }
    }
  }
  bits.fill(pad);
  return bits.bytes;
}

function putBlock(bits: Bits, made: MadeJpeg, random: number): void {
  const { fullness = 10, hasZeroRuns, noiseSeed = 0 } = made;
  let run = 0;
  for (let k = 1; k < 64; k++) {
    const dice = hash32(random, k);
    const isZero = dice % 100 >= fullness * (64 - k) * 0.03;
    if (isZero) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) bits.put(0xf0, 8);
    const noise = noiseSeed === 0 ? 0 : Number(hash32(noiseSeed, random, k) % 4 === 0);
    const size = ((dice >>> 8) % (k < 4 ? 200 : 5)) + noise;
    putNumber(bits, 8, run << 4, (dice & 0x80) === 0 ? size + 1 : -size - 1);
    run = 0;
  }
  if (hasZeroRuns === true && run > 20 && random % 5 === 0) bits.put(0xf0, 8);
  if (run > 0) bits.put(0, 8);
}

function putNumber(bits: Bits, codeBits: number, symbol: number, value: number): void {
  const size = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
  bits.put(symbol | size, codeBits);
  bits.put(value < 0 ? value + 2 ** size - 1 : value, size);
}
