import { findProgram, prepare } from './command.ts';
import { BORG, digestAll, OURS, OURS_LEARNING, RESTIC, RSYNC } from './contenders.ts';
import { COPY, copyAndDigest, firstCopy } from './first-copies.ts';
import { compare, cpuSecondsOf, limited, measureRounds, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const FAST_COPY = 'cp + sync + openssl sha256';
/** The figure of the mission: so many images in so many minutes. */
const MISSION_IMAGES = 1000;
const MISSION_MINUTES = 10;
const MEMORY_MB_MAX = 300;

/** First protection of a card, against a copy with digests and against other backup programs. */
export const BENCH: Bench = {
  name: 'protect',
  promise:
    'The first protection of a card takes at most 1.3 times as long as cp + sync + sha256sum of the copy, ' +
    'is faster than restic and borg, and needs at most 300 MB of memory.',
  run: measureProtect,
};

async function measureProtect(run: BenchRun): Promise<readonly Row[]> {
  const card = await run.card();
  await prepare(digestAll(card.path, 'cat'));
  const contenders = [OURS, OURS_LEARNING, RSYNC, RESTIC, BORG].filter(({ program }) =>
    findProgram(program),
  );
  const entrants = contenders.map((contender) => firstCopy(run, card, contender));
  entrants.push(copyAndDigest(run, card, COPY, ['sha256sum']));
  if (findProgram('openssl') !== null) {
    const words = ['openssl', 'dgst', '-sha256', '-r'] as const;
    entrants.push(copyAndDigest(run, card, FAST_COPY, [...words]));
  }
  const results = await measureRounds(entrants, run.sizes.rounds, run.say);
  const size = `${(card.bytes / 1e9).toFixed(2)} GB in ${card.files} files`;
  const first = { what: `first protection of ${size}`, ours: OURS.name };
  const timings = results.get(OURS.name) ?? [];
  const seconds = median(timings.map((timing) => timing.seconds));
  const imageBytes = card.bytes / card.frames;
  const minutes = ((seconds / card.frames) * MISSION_IMAGES) / 60;
  const peakMB = Math.max(...timings.map((timing) => timing.peakBytes)) / 1e6;
  return [
    compare(results, { ...first, peer: COPY, ratioMax: 1.3 }),
    compare(results, { ...first, peer: FAST_COPY }),
    compare(results, { ...first, peer: RESTIC.name, ratioMax: 1 }),
    compare(results, { ...first, peer: BORG.name, ratioMax: 1 }),
    compare(results, { ...first, peer: RSYNC.name }),
    ...[COPY, RESTIC.name, BORG.name].map((peer) =>
      compare(results, {
        what: 'its processor time',
        ours: OURS.name,
        peer,
        unit: 'CPU s',
        value: cpuSecondsOf,
      }),
    ),
    compare(results, { ...first, peer: OURS_LEARNING.name }),
    compare(results, {
      what: 'its processor time',
      ours: OURS.name,
      peer: OURS_LEARNING.name,
      unit: 'CPU s',
      value: cpuSecondsOf,
    }),
    limited('its rate', 'MB/s', card.bytes / 1e6 / seconds),
    limited('its peak memory (VmHWM)', 'MB', peakMB, MEMORY_MB_MAX),
    limited(
      `${MISSION_IMAGES} images of ${(imageBytes / 1e6).toFixed(0)} MB, extrapolated from that rate`,
      'min',
      minutes,
      MISSION_MINUTES,
    ),
  ];
}
