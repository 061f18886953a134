import { describe, expect, it } from 'vitest';
import { type SensorFrame, shootFrame, simCamera } from './camera.ts';
import { noiseModel, noiseSigmaAt, patternSigmaAt } from './noise-model.ts';
import { renderFrame } from './render.ts';

const SIZE = { width: 256, height: 192 } as const;

function differences(first: SensorFrame, second: SensorFrame): number {
  return first.samples.reduce((sum, value, at) => sum + Math.abs(value - second.samples[at]!), 0);
}

describe('simCamera() and shootFrame()', () => {
  it('give the same samples for the same seeds, and others for another noise, scene or body', () => {
    const camera = simCamera({ seed: 1, sceneSeed: 2, ...SIZE });
    const frame = shootFrame(camera, { noiseSeed: 3 });
    expect(shootFrame(simCamera({ seed: 1, sceneSeed: 2, ...SIZE }), { noiseSeed: 3 })).toEqual(
      frame,
    );
    const others = [
      shootFrame(camera, { noiseSeed: 4 }),
      shootFrame(simCamera({ seed: 1, sceneSeed: 9, ...SIZE }), { noiseSeed: 3 }),
      shootFrame(simCamera({ seed: 9, sceneSeed: 2, ...SIZE }), { noiseSeed: 3 }),
    ];
    for (const other of others) expect(other.samples).not.toEqual(frame.samples);
  });

  it('keep to the levels: nothing above white, some of it clipped, dark parts near black', () => {
    for (const bits of [12, 14] as const) {
      const { samples, whiteLevel, blackLevel } = shootFrame(simCamera({ seed: 4, bits, ...SIZE }));
      const clipped = samples.filter((value) => value === whiteLevel).length;
      expect(samples.every((value) => value <= whiteLevel)).toBe(true);
      expect(clipped / samples.length).toBeGreaterThan(0.0005);
      expect(clipped / samples.length).toBeLessThan(0.1);
      const low = samples.toSorted()[Math.floor(samples.length / 100)]!;
      expect((low - blackLevel) / (whiteLevel - blackLevel)).toBeLessThan(0.1);
    }
  });

  it('make a stop more about twice the light', () => {
    const camera = simCamera({ seed: 5, ...SIZE });
    const medianOf = (exposureStops: number): number => {
      const { samples, blackLevel } = shootFrame(camera, { exposureStops });
      return samples.toSorted()[samples.length >> 1]! - blackLevel;
    };
    expect(medianOf(-1) / medianOf(-2)).toBeCloseTo(2, 1);
    expect(medianOf(-4 / 3) / medianOf(-2)).toBeCloseTo(2 ** (2 / 3), 1);
  });

  it('see less of a change from a shorter shift, and a subject that moves', () => {
    const camera = simCamera({ seed: 6, ...SIZE });
    const still = shootFrame(camera, { noiseSeed: 1 });
    const shifted = (x: number): number =>
      differences(still, shootFrame(camera, { noiseSeed: 2, shift: { x, y: 0 } }));
    expect(shifted(0)).toBeLessThan(shifted(0.5));
    expect(shifted(0.5)).toBeLessThan(shifted(2));
    const later = shootFrame(camera, { noiseSeed: 2, sceneTimeMs: 800 });
    expect(differences(still, later)).toBeGreaterThan(shifted(0));
  });

  it('see the view of two samples to the right where the shift is two samples', () => {
    const camera = simCamera({ seed: 6, ...SIZE, iso: 64 });
    const still = shootFrame(camera, { noiseSeed: 1 });
    const moved = shootFrame(camera, { noiseSeed: 1, shift: { x: 2, y: 2 } });
    const errorAt = (step: number): number => {
      let sum = 0;
      for (let row = 0; row < SIZE.height - 4; row++) {
        for (let column = 0; column < SIZE.width - 4; column++) {
          const here = moved.samples[row * SIZE.width + column]!;
          sum += Math.abs(here - still.samples[(row + step) * SIZE.width + column + step]!);
        }
      }
      return sum;
    };
    expect(errorAt(2)).toBeLessThan(errorAt(0) / 2);
    expect(errorAt(2)).toBeLessThan(errorAt(4) / 2);
  });

  it.each([
    { width: 62, height: 64 },
    { width: 65, height: 64 },
    { width: 64, height: 16386 },
  ])('refuse a sensor of $width x $height', (size) => {
    expect(() => simCamera({ seed: 1, ...size })).toThrow(RangeError);
  });

  it('refuse an ISO that the amplifier has not', () => {
    expect(() => simCamera({ seed: 1, ...SIZE, iso: 50 })).toThrow(RangeError);
  });
});

describe('noiseSigmaAt() and patternSigmaAt()', () => {
  it.each([
    { bits: 12, iso: 64 },
    { bits: 14, iso: 400 },
    { bits: 14, iso: 3200 },
  ] as const)('tell the noise that frames of $bits bits have at ISO $iso', ({ bits, iso }) => {
    const camera = simCamera({ seed: 7, ...SIZE, bits, iso });
    const [one, two] = [1, 2].map((noiseSeed) => shootFrame(camera, { noiseSeed }));
    let ratios = 0;
    let count = 0;
    one!.samples.forEach((value, at) => {
      const other = two!.samples[at]!;
      const mean = (value + other) / 2;
      if (mean > one!.whiteLevel * 0.9) return;
      ratios += (value - other) ** 2 / 2 / noiseSigmaAt(camera.noise, mean) ** 2;
      count += 1;
    });
    expect(count).toBeGreaterThan(30_000);
    expect(Math.abs(ratios / count - 1)).toBeLessThan(0.03);
  });

  it('grow with the light; the read noise is what is left in the dark', () => {
    const model = noiseModel(14, 1600);
    const dark = noiseSigmaAt(model, model.blackLevel);
    expect(dark).toBeCloseTo(Math.sqrt((model.gain * model.readNoise) ** 2 + 1 / 12), 10);
    expect(noiseSigmaAt(model, 9000)).toBeGreaterThan(3 * dark);
    expect(patternSigmaAt(model, model.blackLevel)).toBeCloseTo(model.columnSigma, 10);
    expect(patternSigmaAt(model, model.blackLevel + 10_000)).toBeCloseTo(40, 0);
  });
});

describe('renderFrame()', () => {
  it.each(['RGGB', 'BGGR', 'GRBG', 'GBRG'] as const)('makes gray things gray with %s', (cfa) => {
    const { blackLevel, whiteLevel, bits } = noiseModel(14, 100);
    const [width, height] = [8, 6];
    const full = whiteLevel - blackLevel;
    const levels = { R: 0.5 * full * 0.4, G: full * 0.4, B: 0.625 * full * 0.4 };
    const samples = new Uint16Array(width * height).map((_value, at) => {
      const letter = cfa[((Math.floor(at / width) & 1) << 1) | ((at % width) & 1)];
      return Math.round(blackLevel + levels[letter as 'R' | 'G' | 'B']);
    });
    const frame = { width, height, bits, samples, blackLevel, whiteLevel, cfa };
    const { pixels } = renderFrame(frame);
    const [first = 0] = pixels;
    expect(first).toBeGreaterThan(100);
    for (const value of pixels) expect(Math.abs(value - first)).toBeLessThanOrEqual(1);
  });
});
