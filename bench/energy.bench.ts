import { prepare } from './command.ts';
import { digestAll, OURS, OURS_LEARNING } from './contenders.ts';
import { COPY, copyAndDigest, firstCopy } from './first-copies.ts';
import { compare, cpuSecondsOf, measureRounds } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

/** Figures are told for so many frames. */
const FRAMES = 1000;
const RATIO_MAX = 1.5;

/** What protecting costs a battery: processor time stands for energy. */
export const BENCH: Bench = {
  name: 'energy',
  promise:
    'Protecting alone takes at most 1.5 times the processor time of cp + sync + sha256sum of the copy; ' +
    'learning, which waits for mains power, comes on top.',
  run: measureEnergy,
};

async function measureEnergy(run: BenchRun): Promise<readonly Row[]> {
  const card = await run.card();
  await prepare(digestAll(card.path, 'cat'));
  const entrants = [OURS, OURS_LEARNING].map((contender) => firstCopy(run, card, contender));
  entrants.push(copyAndDigest(run, card, COPY, ['sha256sum']));
  const results = await measureRounds(entrants, run.sizes.rounds, run.say);
  const value = (timing: Parameters<typeof cpuSecondsOf>[0]): number =>
    (cpuSecondsOf(timing) / card.frames) * FRAMES;
  const frameMB = (card.bytes / card.frames / 1e6).toFixed(0);
  const of = `${FRAMES.toLocaleString('en')} frames of ${frameMB} MB`;
  const row = { peer: COPY, unit: 'CPU s', value } as const;
  return [
    compare(results, {
      ...row,
      what: `protect only, for ${of}`,
      ours: OURS.name,
      ratioMax: RATIO_MAX,
    }),
    compare(results, { ...row, what: `protect and learn, for ${of}`, ours: OURS_LEARNING.name }),
  ];
}
