import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  renderPreviews,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeCameraJpeg,
  writeDng,
  writeNef,
} from '../testing/index.ts';
import { byteSourceOf } from './byte-source.ts';
import { fingerprintOf, lumaOf } from './fingerprint.ts';
import { wholeOf } from './letterbox.ts';
import { type Look, type LookOptions, lookAt } from './look.ts';
import { gridOf, type Pixels } from './pixels.ts';
import { colourDistance, toneDistance } from './tone-colour.ts';

/** What a burst's frames may differ by, and different scenes do not. */
const BURST_MAX = 90;

const FACTS: ShotFacts = {
  make: 'NIKON CORPORATION',
  model: 'NIKON SimCam',
  serial: '6001234',
  lens: 'Sim 24-120mm f/4',
  takenLocalMs: 1_795_338_187_040,
  offsetMinutes: 0,
  iso: 400,
  aperture: 2.8,
  shutterPerSecond: 250,
  focalLength: 35,
  exposureStops: 0,
  place: null,
  shutterCount: 1,
  drive: 'single',
};

const WIDTH = 960;
const HEIGHT = 640;
const FRAME = shootFrame(simCamera({ seed: 11, width: WIDTH, height: HEIGHT }), {});
const PREVIEWS = await renderPreviews(FRAME);
const SCENE = await pixelsOf(PREVIEWS.full);
const OTHER = await pixelsOf(
  (await renderPreviews(shootFrame(simCamera({ seed: 12, width: WIDTH, height: HEIGHT }), {})))
    .full,
);

async function pixelsOf(jpeg: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

function image({ width, height, rgb }: Pixels): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

async function jpegOf(pixels: Sharp, quality = 90): Promise<Uint8Array> {
  return new Uint8Array(await pixels.jpeg({ quality }).toBuffer());
}

async function look(bytes: Uint8Array, options?: LookOptions): Promise<Look> {
  const seen = await lookAt(byteSourceOf(bytes), 'a.jpg', options);
  if (seen === null) throw new Error('nothing to see');
  return seen;
}

function distance(left: Look | string, right: Look | string): number {
  const bits = (one: Look | string): bigint =>
    BigInt(`0x${typeof one === 'string' ? one : (one.fingerprint ?? 'no fingerprint')}`);
  return (bits(left) ^ bits(right)).toString(2).replaceAll('0', '').length;
}

const scene = await look(await jpegOf(image(SCENE)));
const other = await look(await jpegOf(image(OTHER)));

describe('lookAt()', () => {
  test('different scenes are far apart, in bits, tone and colour; the same one coded coarsely is near', async () => {
    expect(distance(scene, other)).toBeGreaterThan(BURST_MAX);
    const coarse = await look(await jpegOf(image(SCENE), 30));
    expect(distance(scene, coarse)).toBeLessThanOrEqual(10);
    expect(toneDistance(scene.tone, other.tone)).toBeGreaterThan(
      3 * toneDistance(scene.tone, coarse.tone) + 3,
    );
    expect(colourDistance(scene.colour, coarse.colour)).toBeLessThanOrEqual(2);
  });

  test('one picture stored in eight orientations is one picture', async () => {
    // Each step on its own: a pipeline turns before it mirrors, whatever it is told first.
    const stored: readonly ((one: Sharp) => Promise<Sharp>)[] = [
      async (one) => one,
      async (one) => one.flop(),
      async (one) => one.rotate(180),
      async (one) => one.flip(),
      async (one) => sharp(await one.rotate(90).png().toBuffer()).flop(),
      async (one) => one.rotate(270),
      async (one) => sharp(await one.rotate(270).png().toBuffer()).flop(),
      async (one) => one.rotate(90),
    ];
    for (const [index, store] of stored.entries()) {
      const turned = await (await store(image(SCENE))).png().toBuffer();
      const jpeg = await jpegOf(sharp(turned).withMetadata({ orientation: index + 1 }), 95);
      const seen = await look(jpeg);
      expect([index + 1, seen.width, seen.height, seen.aspect]).toEqual([
        index + 1,
        WIDTH,
        HEIGHT,
        1.5,
      ]);
      expect(distance(seen, scene)).toBeLessThanOrEqual(4);
      // The same pixels without the word of their orientation are another picture.
      const silent = await look(await jpegOf(sharp(turned), 95));
      if (index > 0) expect(distance(silent, scene)).toBeGreaterThan(BURST_MAX);
    }
  });

  test('a thumbnail with black bars is the picture between them', async () => {
    const boxed = await image(SCENE)
      .resize(160, 120, { fit: 'contain', background: '#000000' })
      .png()
      .toBuffer();
    const bytes = await withThumbnail(await jpegOf(image(SCENE)), await jpegOf(sharp(boxed), 75));
    const thumbnail = await look(bytes, { purpose: 'fingerprint' });
    expect(thumbnail).toMatchObject({ from: 'thumbnail', seenPixels: 160 });
    expect(thumbnail.aspect).toBeCloseTo(1.5, 1);
    expect(distance(thumbnail, scene)).toBeLessThanOrEqual(20);
    // With its bars it would not even be near.
    const pixels = await pixelsOf(await jpegOf(sharp(boxed), 75));
    const uncut = fingerprintOf(lumaOf(gridOf(pixels, wholeOf(pixels), 1))).bits ?? '';
    expect(distance(uncut, scene)).toBeGreaterThan(40);
  });

  test('a thumbnail of another cut is not believed', async () => {
    const square = await jpegOf(image(SCENE).resize(120, 120, { fit: 'cover' }));
    const bytes = await withThumbnail(await jpegOf(image(SCENE)), square);
    const seen = await look(bytes, { purpose: 'fingerprint' });
    expect(seen).toMatchObject({ from: 'full', aspect: 1.5 });
    expect(distance(seen, scene)).toBeLessThanOrEqual(10);
  });

  test('two stops more or less stay near; tone and colour too', async () => {
    const taken = async (stops: number): Promise<Look> => {
      const camera = simCamera({ seed: 11, width: WIDTH, height: HEIGHT });
      return look((await renderPreviews(shootFrame(camera, { exposureStops: stops }))).full);
    };
    const [under, over] = [await taken(-2), await taken(2)];
    expect(distance(under, scene)).toBeLessThanOrEqual(BURST_MAX);
    expect(distance(over, scene)).toBeLessThanOrEqual(BURST_MAX);
    expect(under.exposure).toBeLessThan(scene.exposure);
    expect(over.exposure).toBeGreaterThan(scene.exposure);
    expect(over.clippedBright).toBeGreaterThan(under.clippedBright);
    for (const one of [under, over]) {
      expect(toneDistance(one.tone, scene.tone)).toBeLessThan(toneDistance(one.tone, other.tone));
    }
  });

  test.each(['#000000', '#ffffff', '#20a040'])(
    'a uniform picture has no fingerprint: %s',
    async (background) => {
      const flat = sharp({ create: { width: 400, height: 250, channels: 3, background } });
      expect(await look(await jpegOf(flat))).toMatchObject({ fingerprint: null, quality: 0 });
    },
  );

  test('noise alone has no fingerprint, a faint picture has one', async () => {
    // A sequence without pattern: the middle bits of squares.
    const noise: Pixels = {
      width: 512,
      height: 512,
      rgb: Uint8Array.from({ length: 512 * 512 * 3 }, (_, at) => {
        return 100 + (((at * at * 7919) >>> 9) % 9);
      }),
    };
    expect((await look(await jpegOf(image(noise)))).fingerprint).toBeNull();
    const faint = await look(await jpegOf(image(SCENE).linear(1 / 8, 100)));
    expect(distance(faint, scene)).toBeLessThanOrEqual(BURST_MAX);
  });

  test('blur lowers every measure of sharpness; a sharp spot in a soft picture is found by its tile', async () => {
    const soft = await look(await jpegOf(image(SCENE).blur(3)));
    expect(soft.sharpness).toBeLessThan(scene.sharpness / 2);
    expect(soft.bestTileSharpness).toBeLessThan(scene.bestTileSharpness / 2);
    expect(soft.edgeEnergy).toBeLessThan(scene.edgeEnergy);
    const spot = await image(SCENE)
      .extract({ left: 400, top: 240, width: 120, height: 80 })
      .png()
      .toBuffer();
    const blurred = await image(SCENE).blur(3).png().toBuffer();
    const mixed = await look(
      await jpegOf(sharp(blurred).composite([{ input: spot, left: 400, top: 240 }])),
    );
    expect(mixed.bestTileSharpness).toBeGreaterThan(2 * soft.bestTileSharpness);
  });

  test('clipping and exposure are what they are of known pixels', async () => {
    const half = (top: number, bottom: number): Pixels => ({
      width: 64,
      height: 64,
      rgb: Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at < 64 * 32 * 3 ? top : bottom)),
    });
    const png = async (pixels: Pixels): Promise<Look> =>
      look(new Uint8Array(await image(pixels).png().toBuffer()));
    expect(await png(half(0, 255))).toMatchObject({
      clippedDark: 0.5,
      clippedBright: 0.5,
      exposure: -6,
    });
    // sRGB 188 is half of the light of white, 137 a quarter: one stop, and two.
    expect((await png(half(188, 188))).exposure).toBeCloseTo(-1, 1);
    expect((await png(half(137, 137))).exposure).toBeCloseTo(-2, 1);
    expect(await png(half(128, 128))).toMatchObject({ clippedDark: 0, clippedBright: 0 });
  });

  test('a NEF, a DNG and the JPEG beside them look alike, by thumbnail and by preview', async () => {
    const facts = FACTS;
    const files = [
      writeNef(FRAME, { facts, previews: PREVIEWS }),
      writeNef(FRAME, { facts, previews: PREVIEWS, order: 'MM' }),
      writeDng(FRAME, { facts, previews: PREVIEWS, layout: { kind: 'packed' } }),
      await writeCameraJpeg(FRAME, facts, PREVIEWS),
    ];
    for (const file of files) {
      for (const purpose of ['scores', 'fingerprint'] as const) {
        const seen = await look(file, { purpose });
        expect(seen).toMatchObject({ width: WIDTH, height: HEIGHT });
        expect(distance(seen, scene)).toBeLessThanOrEqual(20);
      }
      expect((await look(file, { purpose: 'fingerprint' })).from).toBe('thumbnail');
    }
    const looks = await Promise.all(files.map((file) => look(file)));
    expect(looks.map(({ from }) => from)).toEqual(['preview', 'preview', 'preview', 'full']);
  });

  test.each(['words', 'packed'] as const)(
    'samples of %s without any preview are made into a picture',
    async (kind) => {
      const none = {
        ...PREVIEWS,
        full: new Uint8Array(200),
        small: { width: 1, height: 1, pixels: new Uint8Array(3) },
      };
      const dng = writeDng(FRAME, { facts: FACTS, previews: none, layout: { kind } });
      const seen = await look(dng);
      expect(seen.from).toBe('sensor');
      expect(distance(seen, scene)).toBeLessThanOrEqual(40);
      expect(distance(seen, other)).toBeGreaterThan(BURST_MAX);
    },
  );

  test('has nothing to say of what is no picture', async () => {
    const none = async (bytes: Uint8Array): Promise<Look | null> =>
      lookAt(byteSourceOf(bytes), 'a.nef');
    expect(await none(new Uint8Array())).toBeNull();
    expect(await none(new TextEncoder().encode('<svg width="9" height="9"></svg>'))).toBeNull();
    expect(await none(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1]))).toBeNull();
  });

  test('a header that claims far more than its bytes can hold is not decoded', async () => {
    const jpeg = await jpegOf(image(SCENE));
    const at = jpeg.findIndex((byte, index) => byte === 0xff && jpeg[index + 1] === 0xc0);
    const huge = Uint8Array.from(jpeg);
    huge.set([0xff, 0xf0, 0xff, 0xf0], at + 5);
    expect(await lookAt(byteSourceOf(huge), 'a.jpg')).toBeNull();
    // Half of a picture is salvaged.
    const cut = await look(jpeg.subarray(0, Math.floor(jpeg.length / 2)));
    expect(cut).toMatchObject({ width: WIDTH, height: HEIGHT });
  });
});

/** A JPEG with an EXIF segment that holds a thumbnail. */
async function withThumbnail(main: Uint8Array, thumbnail: Uint8Array): Promise<Uint8Array> {
  const file = await writeCameraJpeg(FRAME, FACTS, { ...PREVIEWS, smallJpeg: thumbnail });
  const segment = file.subarray(2, 4 + (file[4] ?? 0) * 256 + (file[5] ?? 0));
  return Uint8Array.from([0xff, 0xd8, ...segment, ...main.subarray(2)]);
}
