import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, measuredNode, prepare, SYNC, timed } from './command.ts';
import { BORG, type Contender, OURS, RESTIC, RSYNC, RSYNC_FSYNC } from './contenders.ts';
import type { OpeningReport } from './open-vault.ts';
import { compare, type Entrant, limited, measureRounds, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';
import { writeSmallFiles } from './small-files.ts';

const OPEN_MS_MAX = 1000;

/** A second run over very many small files of which none changed; and what the first one took. */
export const BENCH: Bench = {
  name: 'unchanged',
  promise: 'A run over 100,000 unchanged files is no slower than restic.',
  run: measureUnchanged,
};

async function measureUnchanged(run: BenchRun): Promise<readonly Row[]> {
  const { smallFiles, rounds } = run.sizes;
  const folder = join(run.scratch, 'small-files');
  run.say(`writing ${smallFiles} small files`);
  await writeSmallFiles(folder, smallFiles);
  const contenders = [OURS, RSYNC, RSYNC_FSYNC, RESTIC, BORG].filter(({ program }) =>
    findProgram(program),
  );
  const first = await measureRounds(
    contenders.map((contender) => firstCopy(run, folder, contender)),
    1,
    run.say,
  );
  const again = await measureRounds(
    contenders
      .filter((contender) => contender !== RSYNC_FSYNC)
      .map((contender) => secondRun(run, folder, contender)),
    rounds,
    run.say,
  );
  const rows = [...rowsOf(run, again, first), ...(await openingRows(run))];
  for (const contender of contenders) await removeCopy(run, contender);
  await rm(folder, { recursive: true, force: true });
  return rows;
}

function rowsOf(
  run: BenchRun,
  again: Parameters<typeof compare>[0],
  first: Parameters<typeof compare>[0],
): Row[] {
  const count = run.sizes.smallFiles.toLocaleString('en');
  const second = { what: `run over ${count} unchanged files`, ours: OURS.name };
  const once = { what: `first protection of ${count} small files (one round)`, ours: OURS.name };
  const peak = median((again.get(OURS.name) ?? []).map((timing) => timing.peakBytes)) / 1e6;
  const firstPeak = median((first.get(OURS.name) ?? []).map((timing) => timing.peakBytes)) / 1e6;
  return [
    compare(again, { ...second, peer: RESTIC.name, ratioMax: 1 }),
    compare(again, { ...second, peer: BORG.name }),
    compare(again, { ...second, peer: RSYNC.name }),
    limited('its peak memory (VmHWM)', 'MB', peak),
    ...[RESTIC, BORG, RSYNC, RSYNC_FSYNC].map((peer) =>
      compare(first, { ...once, peer: peer.name }),
    ),
    limited('its peak memory (VmHWM)', 'MB', firstPeak),
  ];
}

function placeOf(run: BenchRun, contender: Contender): string {
  return join(run.scratch, `small-${contender.name.replaceAll(/\W+/g, '-')}`);
}

function firstCopy(run: BenchRun, folder: string, contender: Contender): Entrant {
  return {
    name: contender.name,
    measure: async () => {
      await prepare(SYNC);
      return timed(...contender.first(folder, placeOf(run, contender)));
    },
  };
}

function secondRun(run: BenchRun, folder: string, contender: Contender): Entrant {
  return {
    name: contender.name,
    measure: async () => {
      await prepare(SYNC);
      return timed(...contender.again(folder, placeOf(run, contender)));
    },
  };
}

async function removeCopy(run: BenchRun, contender: Contender): Promise<void> {
  await rm(placeOf(run, contender), { recursive: true, force: true });
}

/** What opening that vault takes: every act begins with it. */
async function openingRows(run: BenchRun): Promise<Row[]> {
  const reports: OpeningReport[] = [];
  for (let round = 0; round < run.sizes.rounds; round += 1) {
    const output = join(run.scratch, 'opening.json');
    const child = measuredNode('bench/open-vault.ts', [placeOf(run, OURS)], `${output}.peak`);
    await prepare({ ...child, output });
    reports.push(JSON.parse(await readFile(output, 'utf8')) as OpeningReport);
  }
  const openMs = Math.min(...reports.map((report) => report.openMs));
  const heapBytes = median(reports.map((report) => report.heapBytes / report.blobs));
  return [
    limited(`opening that vault, best of ${reports.length}`, 'ms', openMs, OPEN_MS_MAX),
    limited('memory of the open vault for each file', 'bytes', heapBytes),
  ];
}
