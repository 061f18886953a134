import { mkdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { openNodeWorld } from '../src/platform/index.ts';
import { type FrameFacts, matches, parseQuery, type Query } from '../src/query/index.ts';
import { openIndex, type SearchIndex } from '../src/search/index.ts';
import { median } from './rounds.ts';
import { benchFrames } from './search-frames.ts';

/** What building an index took, in a process that did nothing else. */
export interface BuildReport {
  readonly frames: number;
  readonly rebuildMs: number;
  readonly sizeBytes: number;
  readonly updateMs: number;
}

/** What asking an index took, in a process that did nothing before. */
export interface AskReport {
  /** From nothing to the first answer, the check of the whole file included. */
  readonly openMs: number;
  readonly firstMs: number;
  readonly complexMs: number;
  /** The same query on the same frames by the plain scan, frames in memory. */
  readonly scanMs: number;
  readonly hits: number;
  readonly scanHits: number;
  readonly wordMs: number;
  /** -1 without tags. */
  readonly tagMs: number;
}

const NOW = { localMs: Date.UTC(2026, 10, 22) };
/** Near, range and text; the answers are sorted. */
const COMPLEX = parseQuery('near:-1.9,34.8,8km rating>=3 iso:400..6400 date:2016..2024 lion', NOW);
const WORD = parseQuery('leopard -dusk collection:agency', NOW);
const TAG = parseQuery('ShutterCount>150000 MakerNoteSetting5:"setting 1"', NOW);
const REPEATS = 15;
const CHUNK = 10_000;
const UPDATED_FRAMES = 300;

const [act = '', folder = '', count = '', tags = ''] = process.argv.slice(2);
const frames = (): Generator<FrameFacts, void, undefined> =>
  benchFrames(Number(count), Number(tags));
const report = act === 'build' ? await build() : await ask();
console.log(JSON.stringify(report));

async function build(): Promise<BuildReport> {
  await mkdir(folder, { recursive: true });
  using index = await openIndex(openNodeWorld(), folder);
  const startMs = performance.now();
  const written = await index.rebuild('state', frames());
  const rebuildMs = performance.now() - startMs;
  const sizeBytes = await index.sizeBytes();
  const changed = [...benchFrames(UPDATED_FRAMES, Number(tags))];
  const updateStartMs = performance.now();
  await index.update('next', { changed, removed: [] });
  return { frames: written, rebuildMs, sizeBytes, updateMs: performance.now() - updateStartMs };
}

async function ask(): Promise<AskReport> {
  const startMs = performance.now();
  using index = await openIndex(openNodeWorld(), folder);
  const openMs = performance.now() - startMs;
  const first = answer(index, COMPLEX);
  const { scanMs, scanHits } = scan(COMPLEX);
  return {
    openMs,
    firstMs: first.ms,
    complexMs: repeated(index, COMPLEX),
    scanMs,
    hits: first.hits,
    scanHits,
    wordMs: repeated(index, WORD),
    tagMs: Number(tags) === 0 ? -1 : repeated(index, TAG),
  };
}

function repeated(index: SearchIndex, query: Query): number {
  return median(Array.from({ length: REPEATS }, () => answer(index, query).ms));
}

function answer(index: SearchIndex, query: Query): { readonly ms: number; readonly hits: number } {
  const startMs = performance.now();
  const hits = [...index.find(query, { order: 'date', isDescending: true })].length;
  return { ms: performance.now() - startMs, hits };
}

/** In pieces, so that a million frames need not be in memory at once; making them is not counted. */
function scan(query: Query): { readonly scanMs: number; readonly scanHits: number } {
  let scanMs = 0;
  let scanHits = 0;
  let chunk: FrameFacts[] = [];
  const empty = (): void => {
    const startMs = performance.now();
    for (const one of chunk) if (matches(query, one)) scanHits += 1;
    scanMs += performance.now() - startMs;
    chunk = [];
  };
  for (const one of frames()) {
    chunk.push(one);
    if (chunk.length === CHUNK) empty();
  }
  empty();
  return { scanMs, scanHits };
}
