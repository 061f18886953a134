import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { FieldVaultError } from '../../src/base/index.ts';
import { decodeJpeg, encodeJpeg } from '../../src/codec/index.ts';
import { hash32 } from '../../src/kernels/index.ts';
import { skipBecause } from '../skip.ts';

const FOLDER = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/data'),
);
const absent = existsSync(join(FOLDER, 'MANIFEST.tsv'))
  ? null
  : 'no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';

/** Every file below a folder of the samples. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(FOLDER, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** Noise over a slope: something of all frequencies. */
async function paint(seed: number, options: JpegOptions, channels: 1 | 3 | 4) {
  const width = 50 + (hash32(seed, 1) % 60);
  const height = 50 + (hash32(seed, 2) % 60);
  const pixels = Uint8Array.from({ length: width * height * channels }, (_pixel, index) => {
    const x = Math.floor(index / channels) % width;
    return ((x * 2 + (hash32(seed, index) % 40)) & 255) >> (hash32(seed, x >> 4) % 2);
  });
  const raw = { width, height, channels: channels === 4 ? 3 : channels } as const;
  const image = sharp(pixels.subarray(0, width * height * raw.channels), { raw });
  const toned = channels === 4 ? image.toColourspace('cmyk') : image;
  return new Uint8Array(await toned.jpeg(options).toBuffer());
}

describe('JPEG files that libjpeg wrote', () => {
  test('come back byte for byte, sequential and progressive', async () => {
    const options = fc.record({
      // Above this, noise on so few pixels gains nothing.
      quality: fc.integer({ min: 5, max: 92 }),
      progressive: fc.boolean(),
      chromaSubsampling: fc.constantFrom('4:4:4', '4:2:0'),
      optimiseCoding: fc.boolean(),
      mozjpeg: fc.boolean(),
    });
    const channels = fc.constantFrom<1 | 3 | 4>(1, 3, 4);
    let recoded = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), options, channels, async (seed, how, count) => {
        const bytes = await paint(seed, how, count);
        const container = encodeJpeg(bytes);
        if (container === null) return;
        recoded += 1;
        expect(decodeJpeg(container)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
    // A few may gain nothing: fine noise on few pixels.
    expect(recoded).toBeGreaterThan(45);
  });

  test('a picture of 18 megapixels has several segments and comes back', {
    timeout: 120_000,
  }, async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
    const create = { width: 5000, height: 3600, channels: 3, background: 'gray', noise } as const;
    const bytes = new Uint8Array(await sharp({ create }).jpeg({ quality: 60 }).toBuffer());
    const container = encodeJpeg(bytes);
    expect(container).not.toBeNull();
    expect(Buffer.compare(decodeJpeg(container ?? bytes), bytes)).toBe(0);
    // Damage in one segment is found, wherever it lies.
    const last = (container ?? bytes).length - 1000;
    expect(outcome(damaged(container ?? bytes, last))).toBe('DAMAGED');
  });

  test('damaged, they come back or are null; their containers, damaged, are refused', async () => {
    const originals = await Promise.all([
      paint(1, { progressive: true, quality: 90 }, 3),
      paint(2, { progressive: false, quality: 80 }, 3),
      paint(3, { mozjpeg: true, quality: 70 }, 1),
    ]);
    const containers = originals.map((bytes) => encodeJpeg(bytes));
    for (let round = 0; round < 400; round++) {
      const original = originals[round % 3] ?? new Uint8Array(0);
      const bytes = flip(original, round);
      const container = encodeJpeg(bytes);
      if (container !== null) expect(decodeJpeg(container)).toEqual(bytes);
      const whole = containers[round % 3] ?? new Uint8Array(0);
      expect(['DAMAGED', original]).toContainEqual(outcome(flip(whole, round)));
    }
  });
});

/** One to four bytes changed, and sometimes the end cut off. */
function flip(bytes: Uint8Array, seed: number): Uint8Array {
  const kept = seed % 5 === 0 ? 1 + (hash32(seed, 3) % bytes.length) : bytes.length;
  const changed = bytes.slice(0, kept);
  for (let index = 0; index <= seed % 4; index++) {
    const at = hash32(seed, 4 + index) % changed.length;
    changed[at] = (changed[at] ?? 0) ^ (1 + (hash32(seed, 40 + index) % 255));
  }
  return changed;
}

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ 0x55;
  return changed;
}

function outcome(container: Uint8Array): Uint8Array | string {
  try {
    return decodeJpeg(container);
  } catch (error) {
    if (error instanceof FieldVaultError) return error.code;
    throw error;
  }
}

describe('JPEG files of the samples', skipBecause(absent), () => {
  test('every one comes back, and together they lose at least 21 %', { timeout: 600_000 }, () => {
    const files = ['jpeg_burst', 'metadata', 'similarity', 'sidecars'].flatMap(filesBelow);
    let before = 0;
    let after = 0;
    const asTheyAre: string[] = [];
    for (const path of files) {
      const bytes = new Uint8Array(readFileSync(path));
      if (!isJpeg(bytes)) continue;
      const container = encodeJpeg(bytes);
      before += bytes.length;
      after += container?.length ?? bytes.length;
      if (container === null) asTheyAre.push(path);
      // The encoder compares too; here it is compared once more, outside of it.
      else expect(Buffer.compare(decodeJpeg(container), bytes)).toBe(0);
    }
    expect(before).toBeGreaterThan(0);
    expect(asTheyAre).toEqual([]);
    expect(1 - after / before).toBeGreaterThan(0.21);
  });

  test('no other file of the samples is taken for a JPEG, the fuzzed ones neither', () => {
    for (const path of filesBelow('metadata/fuzzed')) {
      const bytes = new Uint8Array(readFileSync(path));
      const container = encodeJpeg(bytes);
      if (container !== null) expect(Buffer.compare(decodeJpeg(container), bytes)).toBe(0);
    }
  });
});
