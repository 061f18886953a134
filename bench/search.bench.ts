import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { measuredNode, prepare } from './command.ts';
import { limited, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';
import type { AskReport, BuildReport } from './search-run.ts';

/** Times the files of the other benches: the library of a life. */
const TIMES = 10;
const TAGS = 150;
const SCAN = 'a scan in memory';

/** Building the index of frames and asking it, beside going through all frames in memory. */
export const BENCH: Bench = {
  name: 'search',
  promise:
    'An index of 100,000 frames is built in less than 60 s, and answers place, range, text and order in less than 100 ms.',
  run: measureSearch,
};

async function measureSearch(run: BenchRun): Promise<readonly Row[]> {
  const rows = await measureLibrary(run, run.sizes.smallFiles, { tags: 0, isPromised: true });
  rows.push(...(await measureLibrary(run, run.sizes.smallFiles, { tags: TAGS, isPromised: true })));
  const many = run.sizes.smallFiles * TIMES;
  rows.push(...(await measureLibrary(run, many, { tags: 0, isPromised: false })));
  return rows;
}

async function measureLibrary(
  run: BenchRun,
  count: number,
  { tags, isPromised }: { readonly tags: number; readonly isPromised: boolean },
): Promise<Row[]> {
  const folder = join(run.scratch, 'search-index');
  const output = join(run.scratch, 'search.json');
  const peak = `${output}.peak`;
  const of = `${count.toLocaleString('en')} frames${tags === 0 ? '' : ` with ${tags} tags each`}`;
  const words = [folder, String(count), String(tags)];
  run.say(`building an index of ${of}`);
  await prepare({ ...measuredNode('bench/search-run.ts', ['build', ...words], peak), output });
  const built = JSON.parse(await readFile(output, 'utf8')) as BuildReport;
  const peakBytes = Number(await readFile(peak, 'utf8'));
  const asked: AskReport[] = [];
  for (let round = 0; round < run.sizes.rounds; round += 1) {
    run.say(`asking it, round ${round + 1}`);
    await prepare({ ...measuredNode('bench/search-run.ts', ['ask', ...words], peak), output });
    asked.push(JSON.parse(await readFile(output, 'utf8')) as AskReport);
  }
  await rm(folder, { recursive: true, force: true });
  const value = (name: keyof AskReport): number => median(asked.map((one) => one[name]));
  const isWrong = asked.some(({ hits, scanHits }) => hits !== scanHits || hits === 0);
  if (isWrong) throw new Error(`the index of ${of} does not answer what the scan answers`);
  const complex = {
    ...limited(`place, ranges, text, by date: ${of}`, 'ms', value('complexMs'), 100),
    peer: {
      name: SCAN,
      value: value('scanMs'),
      ratio: median(asked.map((one) => one.complexMs / one.scanMs)),
    },
  };
  return [
    limited(`index of ${of}, built`, 's', built.rebuildMs / 1000, isPromised ? 60 : undefined),
    limited('its size on disk', 'MB', built.sizeBytes / 1e6),
    limited('peak memory of building it', 'MB', peakBytes / 1e6),
    limited('300 frames of it written anew', 's', built.updateMs / 1000),
    isPromised ? complex : { ...complex, verdict: null },
    limited('opened and checked whole, by a new process', 'ms', value('openMs')),
    limited('the first such answer of a new process', 'ms', value('firstMs')),
    limited('a word, not another, in a collection', 'ms', value('wordMs')),
    ...(tags === 0 ? [] : [limited('two tags', 'ms', value('tagMs'))]),
  ];
}
