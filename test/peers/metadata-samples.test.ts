import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compareFacts,
  type FullRecord,
  factsOfRecord,
  openRecordReader,
  type QuickFacts,
  type QuickReading,
  type RecordOutcome,
  readQuickFacts,
} from '../../src/metadata/index.ts';
import { skipBecause } from '../skip.ts';
import { whyNoTool } from './raw-tools.ts';

const FOLDER = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/data'),
);
const HEAD_BYTES = 262_144;
const absent = existsSync(join(FOLDER, 'MANIFEST.tsv'))
  ? null
  : 'no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';

/** Fields that both readings must say alike where they stand in EXIF or XMP. */
const MUST_AGREE = [
  'make',
  'model',
  'serial',
  'lens',
  'time',
  'iso',
  'shutterSeconds',
  'aperture',
  'focal',
  'exposureBias',
  'latitude',
  'longitude',
  'altitude',
  'orientation',
  'rating',
] as const satisfies readonly (keyof QuickFacts)[];

interface Sample {
  /** Below the samples folder, `/` between parts. */
  readonly name: string;
  readonly path: string;
  readonly quick: QuickReading;
  readonly quickMs: number;
  readonly outcome: RecordOutcome;
}

describe('metadata of every sample, damaged ones included', skipBecause(absent), () => {
  const samples: Sample[] = [];
  let heapGrowthBytes = 0;

  beforeAll(async () => {
    const entries = readdirSync(FOLDER, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const quick = paths.map((path) => {
      const head = new Uint8Array(readFileSync(path).subarray(0, HEAD_BYTES));
      const startMs = performance.now();
      const reading = readQuickFacts(basename(path), head);
      return { reading, ms: performance.now() - startMs };
    });
    const before = process.memoryUsage().heapUsed;
    const reader = openRecordReader({ processes: 4 });
    const outcomes = await Promise.all(paths.map(reader.read));
    await reader.close();
    heapGrowthBytes = process.memoryUsage().heapUsed - before;
    for (const [index, path] of paths.entries()) {
      const [one, outcome] = [quick[index], outcomes[index]];
      if (one === undefined || outcome === undefined) throw new Error(`no answer for ${path}`);
      const name = relative(FOLDER, path).split(sep).join('/');
      samples.push({ name, path, quick: one.reading, quickMs: one.ms, outcome });
    }
  });
  afterAll(() => {
    samples.length = 0;
  });

  const recordOf = ({ outcome }: Sample): FullRecord | null =>
    outcome.state === 'read' ? outcome.record : null;
  const both = (): { name: string; quick: QuickFacts; full: QuickFacts; record: FullRecord }[] =>
    samples.flatMap((sample) => {
      const record = recordOf(sample);
      const quick = sample.quick.facts;
      if (quick === null || record === null) return [];
      return [{ name: sample.name, quick, full: factsOfRecord(record), record }];
    });

  test('ends with facts, nothing or one sentence of trouble, within its bounds', () => {
    expect(samples.length).toBeGreaterThan(900);
    for (const { name, quick, outcome } of samples) {
      const { trouble } = quick;
      expect([name, trouble === null || /^[A-Z].*\.$/.test(trouble)]).toEqual([name, true]);
      expect(JSON.stringify(quick).length).toBeLessThan(65_536);
      expect(JSON.stringify(outcome).length).toBeLessThan(300_000);
      const isGivenUp =
        outcome.state === 'unreadable' && !/cannot read this file/.test(outcome.reason);
      expect([name, isGivenUp ? outcome : 'answered']).toEqual([name, 'answered']);
    }
    const slowest = samples.toSorted((a, b) => b.quickMs - a.quickMs)[0];
    // A hang would be seconds; the promise of a millisecond stands in the bench.
    expect([slowest?.name, (slowest?.quickMs ?? 0) < 1000]).toEqual([slowest?.name, true]);
    expect(heapGrowthBytes).toBeLessThan(200_000_000);
  });

  test('all of the fuzz corpus is among them', () => {
    const fuzzed = samples.filter(({ name }) => name.startsWith('metadata/fuzzed/'));
    expect(fuzzed.length).toBeGreaterThan(360);
    expect(fuzzed.filter(({ quick }) => quick.facts !== null).length).toBeLessThan(fuzzed.length);
  });

  test('agrees between the quick and the full reading', () => {
    const pairs = both();
    const table = Object.keys(pairs[0]?.quick ?? {}).map((field) => countOf(pairs, field));
    console.log(`${pairs.length} files read both ways\n${table.join('\n')}`);
    expect(pairs.length).toBeGreaterThan(300);
    for (const { name, quick, full } of pairs) {
      expect([name, ...compareFacts(quick, full)]).toEqual([name]);
    }
  });

  test('says alike what stands in the EXIF of a whole JPEG', () => {
    const jpegs = both().filter(({ name, record }) => {
      const isWhole = !name.startsWith('metadata/fuzzed/');
      return (
        isWhole &&
        record.tags['File:FileType'] === 'JPEG' &&
        Object.keys(record.tags).some((tag) => tag.startsWith('ExifIFD:'))
      );
    });
    expect(jpegs.length).toBeGreaterThan(100);
    for (const { name, quick, record } of jpegs) {
      const expected = withoutMakers(record);
      for (const field of MUST_AGREE) {
        expect([name, field, quick[field]]).toEqual([name, field, expected[field]]);
      }
    }
    const counts = MUST_AGREE.map((field) => {
      return `${field} ${jpegs.filter(({ quick }) => quick[field] !== null).length}`;
    });
    console.log(`${jpegs.length} JPEGs agree: ${counts.join(', ')}`);
    expect(jpegs.filter(({ quick }) => quick.time !== null).length).toBeGreaterThan(100);
  });

  test('agrees as shown only because both were asked: a changed value is seen', () => {
    const [one] = both().filter(({ quick }) => quick.make !== null && quick.time !== null);
    if (one === undefined) throw new Error('no sample with a make');
    expect(compareFacts({ ...one.quick, make: 'Another' }, one.full)).toHaveLength(1);
  });

  test('knows what the readers of real pictures stumble over', () => {
    const found = (name: string): QuickFacts | null =>
      samples.find((sample) => sample.name.endsWith(name))?.quick.facts ?? null;
    expect(found('date-priority-test.jpg')?.time?.local).toMatch(/^2023-02-02T/);
    expect(found('gps-datetime.jpg')?.time?.from).toBe('XMP-exif:GPSDateTime');
    expect(found('time-created.jpg')?.time).toBeNull();
    expect(found('empty_gps.jpg')).toMatchObject({ latitude: null, longitude: null });
    expect(found('mongolels.jpg')?.rating).toBe(3);
    expect(found('colorchart.dng')?.time).toBeNull();
    // RAW files that are no plain TIFF: their time is needed before ExifTool has seen them.
    for (const name of ['CanonRaw.cr3', 'FujiFilm.raf', 'Panasonic.rw2']) {
      expect([name, found(name)?.time?.from]).toEqual([name, 'ExifIFD:DateTimeOriginal']);
    }
  });

  test("is the same as the system's ExifTool says", skipBecause(whyNoTool('exiftool')), () => {
    const read = samples.filter((sample) => recordOf(sample) !== null);
    const words = ['-j', '-n', '-e', '-G1', '-struct', '-fast', '-q'];
    const { stdout } = spawnSync('exiftool', [...words, ...read.map(({ path }) => path)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const peer: readonly Record<string, unknown>[] = JSON.parse(stdout);
    expect(peer).toHaveLength(read.length);
    const counts = { same: 0, other: 0, missing: 0 };
    const wrong: string[] = [];
    for (const [index, sample] of read.entries()) {
      const { tags = {} } = recordOf(sample) ?? {};
      for (const [tag, value] of Object.entries(peer[index] ?? {})) {
        if (!/^(IFD0|ExifIFD|GPS|IPTC|XMP-xmp|XMP-dc|Canon|Nikon):/.test(tag)) continue;
        if (JSON.stringify(value).includes('Binary data')) continue;
        const isKept = Object.hasOwn(tags, tag);
        const isSame = isKept && alike(value, tags[tag]);
        counts[isSame ? 'same' : isKept ? 'other' : 'missing'] += 1;
        if (!isSame) wrong.push(`${sample.name} ${tag}`);
      }
    }
    console.log(`tags against the system's exiftool: ${JSON.stringify(counts)}`);
    console.log(wrong.slice(0, 40).join('\n'));
    // Its version is another: some maker tags got other names and values since.
    expect(counts.same / (counts.same + counts.other + counts.missing)).toBeGreaterThan(0.99);
  });
});

/** What the record says without the makers' own notes, which only ExifTool reads. */
function withoutMakers(record: FullRecord): QuickFacts {
  const isCommon = ([tag]: readonly [string, unknown]): boolean =>
    /^(IFD0|ExifIFD|GPS|IPTC|XMP-|File|System)/.test(tag);
  const tags = Object.fromEntries(Object.entries(record.tags).filter(isCommon));
  return factsOfRecord({ ...record, tags });
}

function countOf(pairs: readonly { quick: QuickFacts; full: QuickFacts }[], field: string): string {
  const counts = { same: 0, 'quick only': 0, 'full only': 0, other: 0 };
  for (const { quick, full } of pairs) {
    const [mine, theirs] = [quick, full].map((facts) =>
      JSON.stringify(facts[field as keyof QuickFacts]),
    );
    const isEmpty = (text: string | undefined): boolean => text === 'null' || text === '[]';
    if (mine === theirs) counts.same += 1;
    else if (isEmpty(theirs)) counts['quick only'] += 1;
    else counts[isEmpty(mine) ? 'full only' : 'other'] += 1;
  }
  return `${field.padEnd(16)}${JSON.stringify(counts)}`;
}

/** But for control characters, which are not kept, and letters of other character sets. */
function alike(mine: unknown, theirs: unknown): boolean {
  const plain = (value: unknown): string =>
    JSON.stringify(value).replace(/\\u[0-9a-f]{4}|\\[a-z]|[^\x21-\x7e]|[?]/g, '');
  return plain(mine) === plain(theirs);
}
