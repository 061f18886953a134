import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { measuredNode, prepare } from './command.ts';
import type { OpeningReport } from './open-vault.ts';
import { limited } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

/** How many times the files of the other benches: enough to see whether cost grows with the number or faster. */
const TIMES = 5;

/** What the journal, the open vault and its memory come to when files are many more. */
export const BENCH: Bench = {
  name: 'scale',
  promise: 'No figure is promised; docs/decisions/005-scale.md says what follows from these.',
  run: measureScale,
};

async function measureScale(run: BenchRun): Promise<readonly Row[]> {
  const files = run.sizes.smallFiles * TIMES;
  const vault = join(run.scratch, 'scale-vault');
  const output = join(run.scratch, 'scale.json');
  const peak = `${output}.peak`;
  run.say(`writing a journal of ${files} files`);
  await prepare(measuredNode('bench/write-journal.ts', [vault, String(files)], peak));
  const journalBytes = await sizeOf(join(vault, 'journal'));
  await prepare({ ...measuredNode('bench/open-vault.ts', [vault], peak), output });
  const report = JSON.parse(await readFile(output, 'utf8')) as OpeningReport;
  const peakBytes = Number(await readFile(peak, 'utf8'));
  await rm(vault, { recursive: true, force: true });
  return [
    limited(`opening a vault of ${files.toLocaleString('en')} files`, 's', report.openMs / 1000),
    limited('its peak memory (VmHWM)', 'MB', peakBytes / 1e6),
    limited('memory of the open vault for each file', 'bytes', report.heapBytes / files),
    limited('journal on disk for each file', 'bytes', journalBytes / files),
  ];
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
