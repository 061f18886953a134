import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openNodeWorld } from '../platform/index.ts';
import {
  type FrameFacts,
  fold,
  matches,
  parseQuery,
  type Query,
  TEXT_SEPARATOR,
} from '../query/index.ts';
import { compile } from './compile.ts';
import { addFunctions } from './find-frames.ts';
import { openIndex } from './index.ts';
import { prefilterOf } from './prefilter.ts';
import { rowsOfTag } from './tag-columns.ts';
import { FrameWriter, makeTables } from './write-frames.ts';

const NOW = { localMs: Date.UTC(2026, 10, 22, 15, 30) };
const WORDS = [
  'lion',
  'LION',
  'Löwe',
  'Lo\u0308we',
  'ΑΣ',
  'ας',
  'İstanbul',
  'a b',
  '100%',
  'a_b',
  "d'or",
  '"q"',
  '[x]',
  'a*b',
  'x?y',
  '😀',
  '\ud83d',
  'nul\0l',
  'se\u001fp',
  '',
  ' ',
  'Z 9',
  '300',
  '-2.5',
  '1e3',
];
const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((some) => some.join(' ')),
);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
const number = fc.oneof(
  fc.integer({ min: -2, max: 6 }),
  fc.constantFrom(0, -0, 2.8, 1 / 3, 1e300, -1e300, Number.MIN_VALUE, 400, 1e15),
);
const degrees = fc.constantFrom(
  -180,
  -179.999,
  -90,
  -89.999,
  -2.33,
  0,
  34.83,
  89.9999,
  90,
  179.9,
  180,
);
const latitude = fc.oneof(degrees, fc.double({ min: -90, max: 90, noNaN: true }), fc.constant(1e9));
const longitude = fc.oneof(degrees, fc.double({ min: -180, max: 180, noNaN: true }));
const date = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }),
  fc.constantFrom(NOW.localMs, Date.UTC(2026, 10, 22), -1, 8.64e15, -8.64e15),
);
const path = fc
  .array(fc.oneof(text, fc.constantFrom('CARD', 'DCIM', 'DSC_0001.NEF')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((names) => names.join('/'));
const TAGS = [
  'ISO',
  'AFAreaMode',
  'XMP:Creator',
  'XMP-dc:Creator',
  'Creator',
  'ShutterCount',
  '3d',
];
const frame: fc.Arbitrary<Omit<FrameFacts, 'id'>> = fc.record({
  paths: fc.array(path, { minLength: 1, maxLength: 3 }),
  camera: maybe(text),
  lens: maybe(text),
  serial: maybe(text),
  iso: maybe(number),
  aperture: maybe(number),
  shutterSeconds: maybe(number),
  focal: maybe(number),
  takenMs: maybe(date),
  rating: maybe(number),
  label: maybe(text),
  pick: maybe(number),
  keywords: fc.array(text, { maxLength: 3 }),
  collections: fc.array(text, { maxLength: 2 }),
  tier: maybe(text),
  burst: maybe(text),
  kinds: fc.subarray(['raw', 'jpeg', 'xmp', 'HEIC', 'video']),
  sizeBytes: fc.integer({ min: 0, max: 1e11 }),
  latitude: maybe(latitude),
  longitude: maybe(longitude),
  hasIssue: fc.boolean(),
  isProtected: fc.boolean(),
  isBest: fc.boolean(),
  sharpness: fc.option(fc.integer({ min: 0, max: 30 })),
  tags: fc.dictionary(fc.constantFrom(...TAGS), text, { noNullPrototype: true }),
});
const library: fc.Arbitrary<FrameFacts[]> = fc
  .array(frame, { minLength: 1, maxLength: 12 })
  .map((frames) => frames.map((one, index) => ({ ...one, id: `frame ${index}` })));

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
const fragment = fc.oneof(
  text,
  fc.constantFrom('*', '?', 'li*', '*.nef', '??', 'l?on', 'ion', '*ö*'),
);
const TEXT_FIELDS =
  'camera lens serial label keyword collection name path tier burst kind tag.Creator tag.XMP:Creator tag.xmp-dc:creator AFAreaMode tag.gone'.split(
    ' ',
  );
const NUMBER_FIELDS = 'iso aperture shutter focal rating pick'.split(' ');
const plain = fc.constantFrom('0', '1', '4', '-1', '2.8', '1/3', '400', '1000000000000000');
const span = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom('=', '!=', ':', '<', '<=', '>', '>='), value)
      .map((two) => two.join('')),
    fc
      .tuple(fc.constantFrom('=', '!=', ':'), fc.option(value), fc.option(value))
      .map(([sign, low, high]) => `${sign}${low ?? ''}..${high ?? ''}`),
  );
const DATES = [
  '2026',
  '2026-11',
  '2026-11-22',
  '2026-11-22T15:30',
  'today',
  '"last 40 days"',
  'year',
];
const leaf = fc.oneof(
  fragment.map(quoted),
  fc
    .tuple(fc.constantFrom(...TEXT_FIELDS), fc.constantFrom('=', '!=', ':'), fragment)
    .map(([field, sign, value]) => `${field}${sign}${quoted(value)}`),
  fc.tuple(fc.constantFrom(...NUMBER_FIELDS), span(plain)).map((two) => two.join('')),
  fc.tuple(fc.constantFrom('tag.ISO', 'ShutterCount'), span(plain)).map((two) => two.join('')),
  span(fc.constantFrom('0', '20MB', '1.5GB', '1k')).map((value) => `size${value}`),
  fc
    .tuple(fc.constantFrom('=', '!=', ':', '<', '<=', '>', '>='), fc.constantFrom(...DATES))
    .map(([sign, value]) => `date${sign}${value}`),
  fc
    .tuple(fc.constantFrom('2026-11-01', '', '2025'), fc.constantFrom('2026-11', '', 'yesterday'))
    .map(([low, high]) => `date:${low}..${high}`),
  fc
    .tuple(fc.constantFrom('', '!'), fc.constantFrom('gps', 'issue', 'burst', 'raw', 'heic'))
    .map(([not, thing]) => `has${not === '' ? ':' : '!='}${thing}`),
  fc
    .tuple(
      fc.oneof(
        degrees.filter((one) => Math.abs(one) <= 90),
        fc.integer({ min: -90, max: 90 }),
      ),
      fc.oneof(degrees, fc.integer({ min: -180, max: 180 })),
      fc.constantFrom('0', '300m', '5km', '500km', '5000km', '10000km', '20000km', '30000km'),
    )
    .map((place) => `near:${place.join(',')}`),
);
const { query: queryText } = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { arbitrary: leaf, weight: 5 },
    { arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `${a} ${b}`), weight: 2 },
    {
      arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} or ${b})`),
      weight: 2,
    },
    { arbitrary: tie('query').map((one) => `not (${one})`), weight: 1 },
    { arbitrary: tie('query').map((one) => `-(${one})`), weight: 1 },
  ),
}));

const RUNS = Number(process.env['SLOW'] ?? 0) > 0 ? 5000 : 150;

async function indexOf(frames: readonly FrameFacts[]) {
  const index = await openIndex(openNodeWorld(), null);
  await index.rebuild('state', frames);
  return index;
}

/** Ids that the index finds, in the order of ids. */
async function foundBoth(frames: readonly FrameFacts[], queries: readonly Query[]) {
  using index = await indexOf(frames);
  return queries.map((query) => ({
    index: [...index.find(query)].map(({ id }) => id).sort(),
    memory: frames
      .filter((one) => matches(query, one))
      .map(({ id }) => id)
      .sort(),
  }));
}

describe('find()', () => {
  it('answers what matches() answers, for any frames and any query', async () => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(
        library,
        fc.array(queryText, { minLength: 10, maxLength: 20 }),
        async (frames, texts) => {
          const answers = await foundBoth(
            frames,
            texts.map((one) => parseQuery(one, NOW)),
          );
          for (const [at, { index, memory }] of answers.entries()) {
            expect(index, texts[at]).toEqual(memory);
            hits += memory.length;
          }
        },
      ),
      { numRuns: RUNS },
    );
    // A comparison of nothing with nothing would prove nothing.
    expect(hits).toBeGreaterThan(RUNS * 10);
  }, 600_000);

  it.each([
    ['nothing wrong', (sql: string) => sql],
    ['ends of spans left out', (sql: string) => sql.replaceAll('>=', '>')],
    ['SQL for what is not known', (sql: string) => sql.replace(/frame\.\w+ IS NOT NULL AND/g, '')],
    ['or for and', (sql: string) => sql.replaceAll(' AND ', ' OR ')],
    ['no not', (sql: string) => sql.replaceAll('(NOT ', '(')],
    ['the first text column for all', (sql: string) => sql.replaceAll(/text\.\w+/g, 'text.path')],
    ['places anywhere', (sql: string) => sql.replaceAll(/metres\([^)]*\)/g, '0')],
  ])('is caught by that comparison when it compiles with %s', async (what, spoil) => {
    const answer = (frames: readonly FrameFacts[], query: Query): number => {
      using db = new DatabaseSync(':memory:');
      makeTables(db);
      addFunctions(db);
      const writer = new FrameWriter(db);
      for (const one of frames) writer.put(one);
      writer.finish('state');
      const { sql, parameters } = compile(query);
      const count = db.prepare(
        `SELECT count(*) AS count FROM frame JOIN text USING (row) WHERE ${spoil(sql)}`,
      );
      const values = parameters.map((one) =>
        typeof one === 'object' ? JSON.stringify(rowsOfTag(db, one)) : one,
      );
      return Number(count.get(...values)?.['count']);
    };
    let misread = 0;
    const { failed } = fc.check(
      fc.property(library, queryText, (frames, text) => {
        const query = parseQuery(text, NOW);
        try {
          return answer(frames, query) === frames.filter((one) => matches(query, one)).length;
        } catch {
          misread += 1;
          return true;
        }
      }),
      { numRuns: 400, seed: 5 },
    );
    expect(misread).toBe(0);
    expect(failed).toBe(what !== 'nothing wrong');
  });

  it('agrees on queries as large as the language allows', async () => {
    const frames = fc.sample(library, { numRuns: 1, seed: 7 })[0] ?? [];
    const queries = [
      'lion '.repeat(1999),
      'a or '.repeat(1990).concat('b'),
      `${'('.repeat(100)}lion${')'.repeat(100)}`,
      'not '.repeat(99).concat('lion'),
      `name:"${'a*'.repeat(4000)}b"`,
      `"${'[*'.repeat(4000)}"`,
      'near:1,2,3km or '.repeat(600).concat('lion'),
      'lion or '.repeat(400).concat('has:gps'),
    ].map((one) => parseQuery(one, NOW));
    for (const { index, memory } of await foundBoth(frames, queries)) expect(index).toEqual(memory);
  });
});

describe('compile() and prefilterOf()', () => {
  it('are pure: words of a person are parameters, never part of the statement', () => {
    fc.assert(
      fc.property(queryText, (one) => {
        const query = parseQuery(one, NOW);
        const { sql } = compile(query);
        expect(sql).toMatch(/^[A-Za-z0-9_.,()?<>=' ]*$/);
        expect(sql.replaceAll("<> ''", '')).not.toContain("'");
        expect(compile(query)).toEqual(compile(query));
      }),
    );
  });

  it('ask first for what every frame that fits has', () => {
    expect(prefilterOf(parseQuery('lion rating>3', NOW)).words).toBe('(("lio" AND "ion"))');
    expect(prefilterOf(parseQuery('lion or rating>3', NOW)).words).toBeNull();
    expect(prefilterOf(parseQuery('not lion', NOW)).words).toBeNull();
    expect(prefilterOf(parseQuery('not near:1,2,3km', NOW)).boxes).toBeNull();
    expect(prefilterOf(parseQuery('near:0,180,3km', NOW)).boxes).toHaveLength(2);
  });
});

describe('fold()', () => {
  it('folds twice as once, and leaves no separator', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (one) => {
        expect(fold(fold(one))).toBe(fold(one));
        for (const sign of ['\0', TEXT_SEPARATOR]) expect(fold(one)).not.toContain(sign);
      }),
      { numRuns: 2000 },
    );
  });
});
