import { performance } from 'node:perf_hooks';
import {
  hash32,
  hashUnit,
  NOISE_TABLE_LENGTH,
  plainSensorKernel,
  type SensorJob,
  synthesizeFrame,
} from '../src/kernels/index.ts';
import { compare, type Entrant, limited, measureRounds, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const WIDTH_PIXELS = 3008;
const HEIGHT_PIXELS = 2008;
const MEGAPIXELS = (WIDTH_PIXELS * HEIGHT_PIXELS) / 1e6;
const KERNEL = 'sensor kernel';
const TWIN = 'its plain twin';

/** How fast the simulated camera makes frames; the compiled kernel beside its twin in plain TypeScript. */
export const BENCH: Bench = {
  name: 'shoot',
  promise: 'The compiled sensor kernel is faster than its plain twin.',
  run: measureShoot,
};

async function measureShoot(run: BenchRun): Promise<readonly Row[]> {
  const card = await run.card();
  const entrants = [entrant(KERNEL, () => synthesizeFrame(JOB)), entrant(TWIN, plainFrame)];
  // Once before the clock runs: both are compiled then.
  for (const { measure } of entrants) await measure();
  const results = await measureRounds(entrants, run.sizes.rounds, run.say);
  const seconds = median((results.get(KERNEL) ?? []).map((timing) => timing.seconds));
  const what = `one frame of ${MEGAPIXELS.toFixed(1)} megapixels, one thread`;
  return [
    compare(results, { what, ours: KERNEL, peer: TWIN, ratioMax: 1 }),
    limited('its rate', 'Mpixel/s', MEGAPIXELS / seconds),
    limited(
      'whole shoot writer, RAW with previews, all threads',
      'Mpixel/s',
      (card.frames * card.megapixels) / card.seconds,
    ),
    limited('its rate', 'MB/s', card.bytes / 1e6 / card.seconds),
  ];
}

function plainFrame(): void {
  synthesizeFrame(JOB, plainSensorKernel);
}

function entrant(name: string, work: () => void): Entrant {
  return {
    name,
    measure: async () => {
      const startMs = performance.now();
      work();
      const seconds = (performance.now() - startMs) / 1000;
      return { seconds, cpuSeconds: seconds, peakBytes: 0 };
    },
  };
}

const octave = (cellLog2: number): SensorJob['baseOctaves'][number] => {
  return { seed: hash32(7, 50, cellLog2), cellLog2, amplitude: 0.3 };
};
const PAINT = { level: 0.2, slope: 0.0001, baseGain: 0.5, grainGain: 0.5, red: 0.9, blue: 0.7 };

/** A frame with four things in every row, as a scene of the shoot writer has them. */
const JOB: SensorJob = {
  widthPixels: WIDTH_PIXELS,
  heightPixels: HEIGHT_PIXELS,
  shift: { x: 0.3, y: 0.7 },
  noiseTable: new Float32Array(NOISE_TABLE_LENGTH).map((_, index) => hashUnit(9, index) * 2 - 1),
  textureSeed: 7,
  baseOctaves: [octave(2), octave(4), octave(6)],
  roughOctaves: [octave(1), octave(3)],
  fineGains: [0.35, 0.5, 0.6],
  cfa: [0, 1, 1, 2],
  electrons: [15_000, 30_000, 18_000],
  fixedPattern: 0.004,
  readNoise: 3,
  gain: 0.5,
  whiteLevel: 16_383,
  columnOffsets: new Float32Array(WIDTH_PIXELS).fill(512),
  fallColumns: new Float32Array(WIDTH_PIXELS).fill(1),
  fallRows: new Float32Array(HEIGHT_PIXELS).fill(1),
  noiseSeed: 3,
  patternSeed: 4,
  glowAt: (column) => 1 / (1 + (column - 20) ** 2),
  paintRow: (row, spans) => {
    spans.add(-1e6, 1e6, PAINT);
    for (let thing = 0; thing < 3; thing += 1) {
      const left = WIDTH_PIXELS * hashUnit(5, thing) + row / 4;
      spans.add(left, left + 400, { ...PAINT, level: 0.1 + 0.2 * thing });
    }
  },
};
