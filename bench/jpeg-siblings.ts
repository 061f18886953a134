import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseBlobId } from '../src/base/index.ts';
import { decodeJpeg, encodeJpeg, jpegDependencies, type KnownContent } from '../src/codec/index.ts';
import { type JpegBurst, shootJpegBurst } from '../src/testing/index.ts';
import type { BenchRun, Row } from './row.ts';

/** Frames of one burst: the others are coded beside the one in the middle, as compaction does. */
interface FrameSet {
  readonly name: string;
  /** Null where the samples are not there. */
  readonly frames: () => Promise<readonly Uint8Array[] | null>;
}

/**
 * What one frame of a burst saves of the others' JPEG files, beyond what each saves alone.
 * @param samples the folder of sample files
 */
export async function siblingRows(samples: string, run: BenchRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, frames } of setsOf(samples)) {
    const what = `JPEG frames beside one of their burst, less than as they were: ${name}`;
    const pictures = await frames();
    if (pictures === null) {
      const skipped = 'skipped: not in the samples folder (FIELDVAULT_SAMPLES)';
      rows.push({ what, unit: '%', ours: null, peer: null, verdict: null, skipped });
      continue;
    }
    const { files, alone, beside, users, seconds } = measureBurst(pictures);
    const said = `${users} of ${pictures.length - 1} use it, ${(files / 1e6 / seconds).toFixed(2)} MB/s`;
    run.say(`siblings: ${name}: ${said}`);
    const [ours, theirs] = [100 * (1 - beside / files), 100 * (1 - alone / files)];
    const peer = { name: 'each alone', value: theirs, ratio: ours / theirs };
    rows.push({ what: `${what} (${said})`, unit: '%', ours, peer, verdict: null });
  }
  return rows;
}

function setsOf(samples: string): readonly FrameSet[] {
  const real = (name: string, paths: readonly string[]): FrameSet => ({
    name,
    frames: async () => {
      const whole = paths.map((path) => join(samples, 'jpeg_burst', path));
      if (!whole.every((path) => existsSync(path))) return null;
      return whole.map((path) => new Uint8Array(readFileSync(path)));
    },
  });
  const simulated = (name: string, burst: JpegBurst): FrameSet => ({
    name,
    frames: () => shootJpegBurst(burst),
  });
  const size = { frames: 4, width: 1200, height: 800 };
  const byHand = { ...size, step: { x: 3.3, y: -2.6 } };
  return [
    real('real focus bracket', ['focus_bracket/pcb_000.JPG', 'focus_bracket/pcb_001.JPG']),
    real(
      'real exposure bracket',
      ['IMG_2600.jpg', 'IMG_2601.jpg', 'IMG_2602.jpg'].map((name) => `exposure_bracket/${name}`),
    ),
    ...[64, 400, 1600].map((iso) =>
      simulated(`simulated hand-held burst, ISO ${iso}`, { ...byHand, iso }),
    ),
    simulated('simulated burst on a tripod, ISO 400', { ...size, iso: 400, step: { x: 0, y: 0 } }),
    simulated('simulated burst of 15 megapixels, ISO 400', {
      ...{ frames: 2, width: 4800, height: 3200, iso: 400, step: { x: 33.3, y: -12.6 } },
    }),
  ];
}

interface BurstSaving {
  /** Bytes of all frames but the one: as files, coded alone, coded beside it. */
  readonly files: number;
  readonly alone: number;
  readonly beside: number;
  /** Frames that came to need it. */
  readonly users: number;
  /** Spent to code them beside it, to decode and to compare, by one worker. */
  readonly seconds: number;
}

function measureBurst(frames: readonly Uint8Array[]): BurstSaving {
  const sum = { files: 0, alone: 0, beside: 0, users: 0, seconds: 0 };
  const middle = frames[frames.length >> 1];
  if (middle === undefined) return sum;
  const sibling = known(middle);
  for (const bytes of frames) {
    if (bytes === middle) continue;
    const startMs = performance.now();
    const beside = encodeJpeg(bytes, { sibling }) ?? bytes;
    sum.seconds += (performance.now() - startMs) / 1000;
    const isRight = Buffer.compare(decodeJpeg(beside, { dependencies: [sibling] }), bytes) === 0;
    if (!isRight) throw new Error('a frame did not come back');
    sum.files += bytes.length;
    sum.alone += (encodeJpeg(bytes) ?? bytes).length;
    sum.beside += beside.length;
    sum.users += jpegDependencies(beside).length;
  }
  return sum;
}

function known(bytes: Uint8Array): KnownContent {
  const id = parseBlobId(createHash('sha256').update(bytes).digest('hex'));
  if (id === null) throw new Error('no digest');
  return { id, bytes };
}
