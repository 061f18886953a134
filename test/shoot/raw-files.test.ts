import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DngLayout,
  renderPreviews,
  type SampleBits,
  type SensorFrame,
  type ShotFacts,
  shootFrame,
  simCamera,
  type TiffOrder,
  writeDng,
  writeNef,
} from '../../src/testing/index.ts';
import { readRaw } from './read-raw.ts';

const FACTS: ShotFacts = {
  make: 'FieldVault',
  model: 'SimCam D',
  serial: '6001234',
  lens: 'Sim 24-120mm f/4',
  takenLocalMs: 1_795_338_187_040,
  offsetMinutes: 60,
  iso: 400,
  aperture: 2.8,
  shutterPerSecond: 250,
  focalLength: 35,
  exposureStops: 0,
  place: null,
  shutterCount: 4711,
  drive: 'single',
};

/** Pictures of some other frame: nothing here looks at them. */
const PREVIEWS = await renderPreviews(shootFrame(simCamera({ seed: 1, width: 64, height: 64 })));

interface Drawn {
  readonly frame: SensorFrame;
  readonly layout: DngLayout;
  readonly order: TiffOrder;
}

function frameOf(width: number, bits: SampleBits, samples: readonly number[]): SensorFrame {
  const height = samples.length / width;
  const levels = { blackLevel: 64, whiteLevel: 2 ** bits - 1 };
  return { width, height, bits, samples: Uint16Array.from(samples), ...levels, cfa: 'RGGB' };
}

/** Values where the smallest and the largest are as frequent as all others: the longest steps, and none at all. */
function arbitraryFrame(widths: fc.Arbitrary<number>): fc.Arbitrary<SensorFrame> {
  return fc
    .tuple(widths, fc.integer({ min: 1, max: 20 }), fc.constantFrom<SampleBits>(12, 14))
    .chain(([width, height, bits]) => {
      const largest = 2 ** bits - 1;
      const value = fc.oneof(
        fc.constantFrom(0, largest),
        fc.integer({ min: 0, max: largest }),
        fc.integer({ min: 100, max: 103 }),
      );
      const size = width * height;
      return fc
        .array(value, { minLength: size, maxLength: size })
        .map((samples) => frameOf(width, bits, samples));
    });
}

const anyOrder = fc.constantFrom<TiffOrder>('II', 'MM');
// Below four columns packed rows of 14 bits are as long as rows of words, and a reader cannot tell them apart.
const anyWidth = fc.integer({ min: 4, max: 41 });
const evenWidth = fc.integer({ min: 1, max: 21 }).map((half) => half * 2);
const anyPredictor = fc.constantFrom(1, 2, 3, 4, 5, 6, 7);

function expectSame(file: Uint8Array, frame: SensorFrame): void {
  const { width, height, samples } = readRaw(file);
  expect([width, height]).toEqual([frame.width, frame.height]);
  expect([...samples]).toEqual([...frame.samples]);
}

function expectRoundTrip({ frame, layout, order }: Drawn): void {
  expectSame(writeDng(frame, { layout, order, facts: FACTS, previews: PREVIEWS }), frame);
}

describe('writeDng()', () => {
  test('keeps every value in words and in packed rows, odd widths too', () => {
    const layout = fc.constantFrom<DngLayout>({ kind: 'words' }, { kind: 'packed' });
    fc.assert(
      fc.property(
        fc.record({ frame: arbitraryFrame(anyWidth), layout, order: anyOrder }),
        expectRoundTrip,
      ),
    );
  });

  test('keeps every value in one lossless JPEG, with every predictor', () => {
    const layout = anyPredictor.map((predictor): DngLayout => {
      return { kind: 'lossless-jpeg', components: 1, predictor, tileSize: null };
    });
    fc.assert(
      fc.property(
        fc.record({ frame: arbitraryFrame(anyWidth), layout, order: anyOrder }),
        expectRoundTrip,
      ),
    );
  });

  test('keeps every value in two components and in tiles, full ones and those at the ends', () => {
    const pieces = fc.record({
      components: fc.constantFrom<1 | 2>(1, 2),
      tileSize: fc.constantFrom(null, 16, 32),
      predictor: anyPredictor,
    });
    const layout = pieces.map((drawn): DngLayout => ({ kind: 'lossless-jpeg', ...drawn }));
    fc.assert(
      fc.property(
        fc.record({ frame: arbitraryFrame(evenWidth), layout, order: anyOrder }),
        expectRoundTrip,
      ),
    );
  });

  test('codes a frame of one value only', () => {
    for (const value of [0, 8192, 16_383]) {
      const frame = frameOf(4, 14, new Array<number>(12).fill(value));
      const layout = {
        kind: 'lossless-jpeg',
        components: 2,
        predictor: 6,
        tileSize: null,
      } as const;
      expectRoundTrip({ frame, layout, order: 'II' });
    }
  });

  test('makes the frames of a scene smaller than their packed samples, most with its own colours', () => {
    const frame = shootFrame(simCamera({ seed: 3, width: 256, height: 192 }));
    const sizeOf = (layout: DngLayout): number =>
      writeDng(frame, { layout, facts: FACTS, previews: PREVIEWS }).length;
    const one = { kind: 'lossless-jpeg', components: 1, predictor: 1, tileSize: null } as const;
    const packed = sizeOf({ kind: 'packed' });
    expect(sizeOf(one)).toBeLessThan(packed);
    expect(sizeOf({ ...one, components: 2 })).toBeLessThan(sizeOf(one));
  });
});

describe('writeNef()', () => {
  test('keeps every value of 12 and 14 bits in both byte orders', () => {
    fc.assert(
      fc.property(arbitraryFrame(anyWidth), anyOrder, (frame, order) =>
        expectSame(writeNef(frame, { order, facts: FACTS, previews: PREVIEWS }), frame),
      ),
    );
  });
});

describe('readRaw(), by which the writers are judged', () => {
  const frame = shootFrame(simCamera({ seed: 3, width: 64, height: 64, bits: 12 }));
  const layouts: readonly DngLayout[] = [
    { kind: 'words' },
    { kind: 'packed' },
    { kind: 'lossless-jpeg', components: 1, predictor: 1, tileSize: null },
    { kind: 'lossless-jpeg', components: 2, predictor: 4, tileSize: 32 },
  ];

  test.for(layouts)('sees one sample that is another: $kind', (layout) => {
    const samples = frame.samples.map((value, index) => (index === 777 ? value ^ 1 : value));
    const file = writeDng({ ...frame, samples }, { layout, facts: FACTS, previews: PREVIEWS });
    const read = readRaw(file).samples;
    expect(read.findIndex((value, index) => value !== frame.samples[index])).toBe(777);
  });
});
