import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRun } from './bench-run.ts';
import { BENCH as CATALOGS } from './catalogs.bench.ts';
import { findProgram } from './command.ts';
import { BENCH as COMPACT } from './compact.bench.ts';
import { BENCH as ENERGY } from './energy.bench.ts';
import { BENCH as FRAMES } from './frames.bench.ts';
import { BENCH as GIVE_BACK } from './give-back.bench.ts';
import { BENCH as GROUPING } from './grouping.bench.ts';
import { BENCH as JPEG } from './jpeg-codec.bench.ts';
import { BENCH as LIBRARY } from './library.bench.ts';
import { BENCH as LIKENESS } from './likeness.bench.ts';
import { describeMachine } from './machine.ts';
import { BENCH as METADATA } from './metadata.bench.ts';
import { BENCH as PRIORITY } from './priority.bench.ts';
import { BENCH as PROTECT } from './protect.bench.ts';
import { BENCH as RAW } from './raw-codec.bench.ts';
import type { Bench, BenchSizes } from './row.ts';
import { BENCH as SCALE } from './scale.bench.ts';
import { BENCH as SCALE_BUCKET } from './scale-bucket.bench.ts';
import { BENCH as SEARCH } from './search.bench.ts';
import { BENCH as SHOOT } from './shoot.bench.ts';
import { BENCH as SYNCING } from './sync.bench.ts';
import { renderResults, replaceMarked, type Section } from './table.ts';
import { BENCH as TETHER } from './tether.bench.ts';
import { BENCH as UNCHANGED } from './unchanged.bench.ts';

const BENCHES: readonly Bench[] = [
  SHOOT,
  PROTECT,
  GIVE_BACK,
  UNCHANGED,
  SCALE,
  SCALE_BUCKET,
  METADATA,
  CATALOGS,
  FRAMES,
  GROUPING,
  SEARCH,
  LIKENESS,
  LIBRARY,
  PRIORITY,
  ENERGY,
  JPEG,
  RAW,
  COMPACT,
  SYNCING,
  TETHER,
];
const FULL: BenchSizes = { cardBytes: 2_000_000_000, smallFiles: 100_000, rounds: 3 };
const PAGE = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');

const USAGE = `npm run bench -- [name...] [--bytes N] [--files N] [--rounds N] [--write]
  name      ${BENCHES.map((bench) => bench.name).join(', ')}; left out: all
  --write   puts the results into docs/benchmarks.md; those of benches that were not run stay as they were`;

const words = process.argv.slice(2);
const say = (text: string): void => console.error(`  ${text}`);

async function runBenches(names: readonly string[], sizes: BenchSizes): Promise<Section[]> {
  const sections: Section[] = [];
  await using run = await openRun(sizes, say);
  const stop = async (): Promise<void> => {
    await run[Symbol.asyncDispose]();
    process.exit(130);
  };
  process.once('SIGINT', stop);
  for (const bench of BENCHES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    console.error(bench.name);
    const { name, promise } = bench;
    sections.push({ name, promise, rows: await bench.run(run) });
  }
  process.off('SIGINT', stop);
  return sections;
}

function parseWords(): {
  readonly names: readonly string[];
  readonly sizes: BenchSizes;
  readonly isWritten: boolean;
} {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      bytes: { type: 'string' },
      files: { type: 'string' },
      rounds: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const sizes = {
    cardBytes: Number(values.bytes ?? FULL.cardBytes),
    smallFiles: Number(values.files ?? FULL.smallFiles),
    rounds: Number(values.rounds ?? FULL.rounds),
  };
  const unknown = positionals.find((name) => !BENCHES.some((bench) => bench.name === name));
  const isFull = JSON.stringify(sizes) === JSON.stringify(FULL);
  const areCounts = Object.values(sizes).every((size) => Number.isSafeInteger(size) && size > 0);
  if (unknown !== undefined || !areCounts || (values.write && !isFull)) throw new RangeError(USAGE);
  return { names: positionals, sizes, isWritten: values.write };
}

async function main(): Promise<void> {
  const { names, sizes, isWritten } = parseWords();
  if (findProgram('sh') === null || findProgram('sync') === null) {
    throw new RangeError('the benches need a POSIX system: sh, sync, cp, find');
  }
  const startMs = performance.now();
  const machine = describeMachine(tmpdir());
  const sections = await runBenches(names, sizes);
  const heading = {
    command: ['npm run bench', ...(words.length > 0 ? ['--', ...words] : [])].join(' '),
    date: new Date().toISOString().slice(0, 10),
    machine,
  };
  const text = renderResults(heading, sections);
  console.log(text);
  say(`${((performance.now() - startMs) / 60_000).toFixed(1)} minutes`);
  if (isWritten) {
    const order = BENCHES.map(({ name }) => name);
    await writeFile(PAGE, replaceMarked(await readFile(PAGE, 'utf8'), text, order));
  }
  const rows = sections.flatMap((section) => section.rows);
  if (rows.some((row) => row.verdict?.isKept === false)) process.exitCode = 1;
}

await main();
