import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32, hashUnit, plainSensorKernel, type SensorJob, synthesizeFrame } from './index.ts';
import { missingKernel } from './instantiate.ts';
import { blurTaps } from './sensor-frame.ts';
import { NOISE_TABLE_LENGTH } from './sensor-job.ts';

const noiseTable = Float32Array.from(
  { length: NOISE_TABLE_LENGTH },
  (_value, index) => hashUnit(9, index) * 2 - 1,
);

interface Choice {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
}

function jobOf({ seed, width, height, x, y }: Choice): SensorJob {
  const share = (n: number): number => hashUnit(seed, n);
  const octave = (n: number): SensorJob['baseOctaves'][number] => ({
    seed: hash32(seed, 50, n),
    cellLog2: n,
    amplitude: 0.3,
  });
  return {
    widthPixels: width,
    heightPixels: height,
    shift: { x, y },
    noiseTable,
    textureSeed: seed,
    baseOctaves: [octave(0), octave(2), octave(3)],
    roughOctaves: [octave(1), octave(4)],
    fineGains: [0.5, 0.6, 0.7],
    cfa: seed % 2 === 0 ? [0, 1, 1, 2] : [1, 2, 0, 1],
    electrons: [20_000 * share(1), 60_000 * share(2), 9_000],
    fixedPattern: 0.004,
    readNoise: 3,
    gain: 0.01 + share(3),
    whiteLevel: 16_383,
    columnOffsets: new Float32Array(width).map((_v, n) => 500 + hashUnit(seed, 7, n)),
    fallColumns: new Float32Array(width).map((_v, n) => 1 - n / (4 * width)),
    fallRows: new Float32Array(height).map((_v, n) => 1 - n / (4 * height)),
    noiseSeed: hash32(seed, 3),
    patternSeed: hash32(seed, 4),
    glowAt: (column) => 1 / (1 + (column - 20) ** 2),
    paintRow: (row, spans) => {
      const paint = {
        level: 0.2,
        slope: 0.001,
        baseGain: 0.5,
        grainGain: 0.5,
        red: 0.9,
        blue: 0.7,
      };
      spans.add(-1e6, 1e6, paint);
      spans.add(3 + row * share(5), 40 + row * share(6), { ...paint, level: 0.5, red: 0.2 });
      spans.add(20.25, 20.75, { ...paint, level: 3 });
      const moving = { originX: 5.4 + row / 3, place: hash32(seed, row) & 4095 };
      spans.add(8.5 + x, 30.125 + x, { ...paint, grainGain: 0.8, moving });
      if (row % 3 === 0) spans.addGlow(0.4, 1.1, 0.6);
    },
  };
}

const choices = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  width: fc.integer({ min: 1, max: 60 }).map((half) => half * 2),
  height: fc.integer({ min: 1, max: 24 }),
  x: fc.double({ min: -300, max: 300, noNaN: true }),
  y: fc.double({ min: -300, max: 300, noNaN: true }),
});

test('the compiled sensor kernel and its plain twin give the same samples', () => {
  fc.assert(
    fc.property(choices, (choice) => {
      const job = jobOf(choice);
      expect(synthesizeFrame(job)).toEqual(synthesizeFrame(job, plainSensorKernel));
    }),
    { numRuns: 60 },
  );
});

test('the twins differ where one step of one of them is changed', () => {
  const job = jobOf({ seed: 5, width: 64, height: 8, x: 0.5, y: 0.25 });
  const withoutBlur = (bytes: number): ReturnType<typeof plainSensorKernel> => ({
    ...plainSensorKernel(bytes),
    blur: () => {},
  });
  expect(synthesizeFrame(job, withoutBlur)).not.toEqual(synthesizeFrame(job));
});

test('samples of an evenly lit frame have the mean and the noise that the model says', () => {
  const plain = jobOf({ seed: 8, width: 512, height: 256, x: 0, y: 0 });
  const flat = { level: 0.25, slope: 0, baseGain: 0, grainGain: 0, red: 1, blue: 1 };
  const job: SensorJob = {
    ...plain,
    electrons: [40_000, 40_000, 40_000],
    gain: 0.3,
    fixedPattern: 0,
    columnOffsets: new Float32Array(512).fill(1000),
    fallColumns: new Float32Array(512).fill(1),
    fallRows: new Float32Array(256).fill(1),
    paintRow: (_row, spans) => spans.add(-1e6, 1e6, flat),
  };
  const samples = synthesizeFrame(job);
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length;
  expect(Math.abs(mean - (1000 + 0.3 * 10_000))).toBeLessThan(0.5);
  expect(Math.sqrt(variance) / Math.sqrt(0.09 * (10_000 + 9) + 1 / 12)).toBeCloseTo(1, 1.7);
});

test('the blur taps sum to one and move with the shift', () => {
  for (const shift of [0, 0.25, 0.999, -3.7]) {
    const taps = blurTaps(shift);
    expect(taps.reduce((sum, tap) => sum + tap, 0)).toBeCloseTo(1, 12);
    const centre = taps.reduce((sum, tap, index) => sum + tap * (index - 1), 0);
    expect(centre).toBeCloseTo(shift - Math.floor(shift), 12);
  }
});

test('a kernel that was not built says what to do', () => {
  expect(missingKernel('sensor', null).message).toContain('npm run prepare');
});
