import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { byteSourceOf, type Look, lookAt } from '../../src/analysis/index.ts';
import { noSamples, sampleBytes, samplesBelow } from '../analysis/samples.ts';
import { skipBecause } from '../skip.ts';

/** The distance up to which frames may be of one burst (measured on these samples: unlike scenes 100 and more). */
const BURST_MAX = 90;
/** Copies and light edits of one picture: PDQ's own threshold. */
const COPY_MAX = 31;

async function seen(bytes: Uint8Array): Promise<Look> {
  const look = await lookAt(byteSourceOf(bytes), 'a picture');
  if (look === null) throw new Error('nothing to see');
  return look;
}

function seenSample(name: string): Promise<Look> {
  return seen(sampleBytes(name));
}

function distance(left: Look, right: Look): number {
  const bits = (look: Look): bigint => BigInt(`0x${look.fingerprint ?? 'no fingerprint'}`);
  return (bits(left) ^ bits(right)).toString(2).replaceAll('0', '').length;
}

describe('likeness of real pictures', skipBecause(noSamples), () => {
  test('graded edits of one picture stay copies of it, and more of an edit is further away', async () => {
    const edit = (name: string): Promise<Look> =>
      seenSample(`similarity/pdq/bridge-mods/${name}.jpg`);
    const original = await edit('aaa-orig');
    const far = async (name: string): Promise<number> => distance(original, await edit(name));
    for (const kind of ['blur', 'sharpen', 'shrink']) {
      const [little, lot] = [await far(`${kind}-a-little`), await far(`${kind}-a-lot`)];
      expect([kind, little <= lot, lot <= COPY_MAX]).toEqual([kind, true, true]);
    }
    for (const name of ['high-contrast', 'high-saturation', 'square-128x128', 'square-512x512']) {
      expect([name, (await far(name)) <= COPY_MAX]).toEqual([name, true]);
    }
    expect((await edit('blur-a-lot')).sharpness).toBeLessThan(
      (await edit('blur-a-little')).sharpness,
    );
    expect((await edit('blur-a-little')).sharpness).toBeLessThan(original.sharpness);
  });

  test('resized and grey copies are near; a mirrored or turned one is far, and has to be asked for', async () => {
    const at = (name: string): Promise<Look> => seenSample(`similarity/imagededup/${name}`);
    const original = await at('base_images/ukbench00120.jpg');
    const far = async (name: string): Promise<number> => distance(original, await at(name));
    expect(await far('mixed_images/ukbench00120_resize.jpg')).toBeLessThanOrEqual(COPY_MAX);
    expect(await far('ukbench00120_gray.jpg')).toBeLessThanOrEqual(COPY_MAX);
    expect(await far('mixed_images/ukbench00120_hflip.jpg')).toBeGreaterThan(BURST_MAX);
    expect(await far('mixed_images/ukbench00120_rotation.jpg')).toBeGreaterThan(BURST_MAX);
    for (const turn of ['90', '180', '270']) {
      const turned = await seenSample(`similarity/images4/rotate/${turn}.jpg`);
      const upright = await seenSample('similarity/images4/rotate/0.jpg');
      expect(distance(upright, turned)).toBeGreaterThan(BURST_MAX);
    }
  });

  test('different pictures are further apart than frames of a burst', async () => {
    const looks = await Promise.all(
      samplesBelow('similarity/imagededup/base_images').map(({ name }) => seenSample(name)),
    );
    expect(looks.length).toBe(10);
    const pairs = looks.flatMap((one, index) =>
      looks.slice(0, index).map((two) => distance(one, two)),
    );
    expect(Math.min(...pairs)).toBeGreaterThan(BURST_MAX);
  });

  test('one picture as JPEG, PNG, BMP, SVG (all JPEG inside), PNG proper and WebP is one', async () => {
    const at = (ending: string): string =>
      `similarity/imagededup/formats_images/ukbench09380.${ending}`;
    const jpeg = await seenSample(at('jpeg'));
    for (const ending of ['png', 'bmp', 'svg', 'webp']) {
      expect(distance(jpeg, await seenSample(at(ending)))).toBeLessThanOrEqual(4);
    }
    const pixels = sharp(sampleBytes(at('jpeg')));
    for (const proper of [pixels.clone().png(), pixels.clone().tiff(), pixels.clone().avif()]) {
      const other = await seen(await proper.toBuffer());
      expect(distance(jpeg, other)).toBeLessThanOrEqual(4);
    }
  });

  test('uniform pictures are like nothing: they have no fingerprint, the others have', async () => {
    for (const { name } of samplesBelow('similarity/images4')) {
      const isFlat = name.includes('uniform') || name.includes('proportions');
      const { fingerprint } = await seenSample(name);
      expect([name, fingerprint === null]).toEqual([name, isFlat]);
    }
    for (const { name } of samplesBelow('raw_burst')) {
      // A dark frame and a dim burst without detail; the one bright frame has something to see.
      const { fingerprint, from } = await seenSample(name);
      expect([name, from, fingerprint === null]).toEqual([
        name,
        'sensor',
        !name.endsWith('image_0.dng'),
      ]);
    }
  });

  test('two stops more or less, and a thumbnail of real pictures, stay near', async () => {
    for (const { path, name } of samplesBelow('similarity/imagededup/base_images')) {
      const original = await seenSample(name);
      const file = readFileSync(path);
      for (const stops of [-2, 2]) {
        expect(distance(original, await seen(await exposed(file, stops)))).toBeLessThanOrEqual(50);
      }
      const thumbnail = await lookAt(byteSourceOf(file), name, { purpose: 'fingerprint' });
      if (thumbnail !== null) expect(distance(original, thumbnail)).toBeLessThanOrEqual(20);
    }
  });

  test('CR2, CRW, NEF-like and JPEG are seen; HEIC without a JPEG inside, and GPR, are not', async () => {
    const from = async (name: string): Promise<string | null> =>
      (await lookAt(byteSourceOf(sampleBytes(name)), name))?.from ?? null;
    expect(await from('raw/complete/IMG_0848.CR2')).toBe('preview');
    expect(await from('raw/complete/CRW.CRW')).toBe('preview');
    expect(await from('raw/complete/colorchart.dng')).toBe('sensor');
    expect(await from('metadata/immich/formats/avif/8bit-sRGB.avif')).toBe('full');
    expect(await from('metadata/immich/formats/heic/IMG_2682.heic')).toBeNull();
    expect(await from('raw/complete/GOPR0024.GPR')).toBeNull();
  });
});

/** The same picture with more or less light, clipped as a camera clips it. */
async function exposed(file: Uint8Array, stops: number): Promise<Uint8Array> {
  const { data, info } = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const curve = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(255 * Math.min(1, (value / 255) ** 2.2 * 2 ** stops) ** (1 / 2.2)),
  );
  const rgb = data.map((value) => curve[value] ?? 0);
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

describe('looks at broken files', skipBecause(noSamples), () => {
  const FOLDERS = ['metadata/fuzzed', 'metadata/exiftool_t', 'metadata/truncated_raw'];
  const broken = noSamples === null ? samplesBelow(...FOLDERS, 'metadata/metadata-extractor') : [];

  test('never throw, and hold little memory, over the whole corpus of fuzzed files', async () => {
    const before = process.memoryUsage().rss;
    let looks = 0;
    for (const { path, name } of broken) {
      if ((await lookAt(byteSourceOf(readFileSync(path)), name)) !== null) looks += 1;
    }
    expect(broken.length).toBeGreaterThan(600);
    // That nothing is thrown is no proof where nothing is seen.
    expect(looks).toBeGreaterThan(50);
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(400);
  });

  test('never throw, wherever a file is cut off or changed', async () => {
    const whole = [
      'raw/complete/IMG_0848.CR2',
      'raw/complete/CRW.CRW',
      'raw/complete/colorchart.dng',
    ];
    const names = [...whole, ...broken.map(({ name }) => name)];
    const spots = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
      maxLength: 30,
    });
    const kept = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), spots, kept, async (name, changes, part) => {
        const bytes = Uint8Array.from(sampleBytes(name));
        // Most changes fall where structures stand.
        for (const [place, value] of changes) {
          bytes[Math.floor(place * Math.min(bytes.length, 8000))] = value;
        }
        const end = part < 0.5 ? bytes.length : Math.floor(part * bytes.length);
        await lookAt(byteSourceOf(bytes.subarray(0, end)), name);
      }),
      { numRuns: 300 },
    );
  });
});
