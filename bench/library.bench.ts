import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { measuredNode, prepare } from './command.ts';
import type { KnowingReport } from './find-in-vault.ts';
import { limited } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const INDEX_SECONDS_MAX = 60;
const FIND_SECONDS_MAX = 3;
const GROUP_SECONDS_MAX = 10;

/** From facts in a vault to answers: what `find` and `similar` take, start to end. */
export const BENCH: Bench = {
  name: 'library',
  promise:
    'The index of 100,000 frames is made again from the vault in under 60 s; a complex question is answered in under 3 s, groups are told in under 10 s.',
  run: measureLibrary,
};

async function measureLibrary(run: BenchRun): Promise<readonly Row[]> {
  const frames = run.sizes.smallFiles;
  const vault = join(run.scratch, 'library-vault');
  const cache = join(run.scratch, 'library-cache');
  const output = join(run.scratch, 'library.json');
  const peak = `${output}.peak`;
  run.say(`writing facts of ${frames} frames`);
  await prepare(measuredNode('bench/write-library.ts', [vault, String(frames)], peak));
  run.say('finding');
  await prepare({ ...measuredNode('bench/find-in-vault.ts', [vault, cache], peak), output });
  const report = JSON.parse(await readFile(output, 'utf8')) as KnowingReport;
  const peakBytes = Number(await readFile(peak, 'utf8'));
  for (const path of [vault, cache]) await rm(path, { recursive: true, force: true });
  if (report.frames !== frames || report.found === 0) throw new Error('the library is not whole');
  const size = `${frames.toLocaleString('en')} frames`;
  return [
    limited(
      `first find in ${size}: facts joined, index built`,
      's',
      report.buildMs / 1000,
      INDEX_SECONDS_MAX,
    ),
    limited('the same question again', 's', report.findMs / 1000, FIND_SECONDS_MAX),
    limited(
      `groups of ${size}: facts joined, grouped`,
      's',
      report.groupMs / 1000,
      GROUP_SECONDS_MAX,
    ),
    limited('peak memory of all of it (VmHWM)', 'MB', peakBytes / 1e6),
  ];
}
