import type { RawFormat, ShootPlan } from './shoot-plan.ts';

/** Every way a simulated body can store its samples. */
export const RAW_FORMATS: {
  readonly nef: RawFormat;
  readonly words: RawFormat;
  readonly packed: RawFormat;
  readonly strip: RawFormat;
  readonly tiles: RawFormat;
} = {
  nef: { kind: 'nef' },
  words: { kind: 'dng', layout: { kind: 'words' } },
  packed: { kind: 'dng', layout: { kind: 'packed' } },
  strip: losslessJpeg(2, 6, null),
  tiles: losslessJpeg(2, 1, 256),
};

function losslessJpeg(components: 1 | 2, predictor: 1 | 6, tileSize: number | null): RawFormat {
  return { kind: 'dng', layout: { kind: 'lossless-jpeg', components, predictor, tileSize } };
}

const BASE: Omit<ShootPlan, 'seed' | 'frames' | 'width' | 'height'> = {
  bits: 14,
  cfa: 'RGGB',
  isos: [100, 400, 1600],
  formats: [RAW_FORMATS.nef, RAW_FORMATS.tiles, RAW_FORMATS.packed],
  burstLength: 4,
  pairs: true,
  sidecars: true,
  voiceNotes: true,
  catalog: true,
  // 2026-11-21 06:12:05.25
  startLocalMs: 1_795_241_525_250,
  offsetMinutes: 180,
};

/** A shoot for unit tests: 8 frames of 64 x 64 in 12 bits, about 20 files with all that belongs to them. */
export function tinyShoot(seed: number): ShootPlan {
  const formats = [RAW_FORMATS.nef, losslessJpeg(2, 1, 48), RAW_FORMATS.packed];
  return { ...BASE, formats, seed, frames: 8, width: 64, height: 64, bits: 12 };
}

/** The shoot of the demo: 24 frames of 4 megapixels as RAW+JPEG with sidecars, voice notes and a catalog. */
export function demoShoot(seed: number): ShootPlan {
  return { ...BASE, seed, frames: 24, width: 2464, height: 1640 };
}

/** Bytes of one 24-megapixel frame of {@link benchShoot}: measured over a burst of each format. */
const BENCH_FRAME_BYTES = 47_500_000;

/** A shoot of about so many bytes: 24-megapixel frames of 14 bits, RAW only, half of them NEF-like. */
export function benchShoot(seed: number, totalBytes: number): ShootPlan {
  const frames = Math.max(1, Math.round(totalBytes / BENCH_FRAME_BYTES));
  const formats = [RAW_FORMATS.nef, RAW_FORMATS.packed];
  const size = { width: 6048, height: 4032 };
  return {
    ...BASE,
    ...size,
    seed,
    frames,
    formats,
    pairs: false,
    voiceNotes: false,
    catalog: false,
  };
}
