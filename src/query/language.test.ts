import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FIELDS,
  type FrameFacts,
  fold,
  literalsOf,
  matches,
  parseQuery,
  QueryError,
  queryHelp,
  wildcard,
} from './index.ts';

/** A Sunday. */
const NOW = { localMs: Date.UTC(2026, 10, 22, 15, 30) };
const FRAME: FrameFacts = {
  id: 'f1',
  paths: ['CARD/Lo\u0308we-1.NEF'],
  camera: 'NIKON Z 9',
  lens: null,
  serial: null,
  iso: 800,
  aperture: null,
  shutterSeconds: null,
  focal: null,
  takenMs: Date.UTC(2026, 10, 21, 6, 12, 5, 250),
  rating: 4,
  label: 'Red',
  pick: null,
  keywords: ['ΛΈΩΝ'],
  collections: [],
  tier: null,
  burst: 'b1',
  kinds: ['raw', 'sidecar'],
  sizeBytes: 25_000_000,
  latitude: 91,
  longitude: 0,
  hasIssue: false,
  isProtected: false,
  isBest: false,
  sharpness: null,
  tags: {
    AFAreaMode: 'Auto-area',
    ShutterCount: '120034',
    'XMP-dc:Creator': 'Smith',
    'IFD0:Artist': 'Jones',
    Comment: 'x'.repeat(1500),
  },
};
const fits = (query: string, facts: FrameFacts = FRAME): boolean =>
  matches(parseQuery(query, NOW), facts);
const takenAt = (time: string): FrameFacts => ({
  ...FRAME,
  takenMs: Date.parse(time.includes('T') ? `${time}Z` : time),
});

describe('tags', () => {
  it.each([
    'tag.afareamode:auto',
    'AFAreaMode:auto',
    'AFAreaMode=auto-area',
    'tag.Creator=smith',
    'tag.XMP:Creator=smith',
    'tag.XMP-dc:Creator:smi',
    'tag.IFD0:Artist!=smith',
    'tag.EXIF:Artist!=jones',
    'ShutterCount>100000',
    'tag.ShutterCount:120000..',
    'tag.ShutterCount!=1..5',
    'tag.ShutterCount=120034',
    'tag.Comment:"xx"',
    'not tag.Gone:x',
    'tag.Gone!=x',
    'tag.Gone!=1..2',
  ])('fits: %s', (query) => {
    expect(fits(query)).toBe(true);
  });

  it.each([
    'tag.IPTC:Creator=smith',
    'tag.XM:Creator=smith',
    'AFAreaMode>3',
    'tag.Gone<5',
    `tag.Comment:${'x'.repeat(1001)}`,
  ])('does not fit: %s', (query) => {
    expect(fits(query)).toBe(false);
  });
});

describe('dates', () => {
  it.each([
    ['date:"last 7 days"', '2026-11-16', '2026-11-22T23:59', '2026-11-15T23:59'],
    ['date:last-2-weeks', '2026-11-09', '2026-11-22', '2026-11-08'],
    ['date:"last 1 month"', '2026-10-23', '2026-11-22', '2026-10-22'],
    ['date:"Last 2 Years"', '2024-11-23', '2026-11-22', '2024-11-22'],
    ['date:"last 24 hours"', '2026-11-21T15:30', '2026-11-22T15:30', '2026-11-21T15:29'],
    ['date:"last week"', '2026-11-09', '2026-11-15T23:59', '2026-11-16'],
    ['date:"this week"', '2026-11-16', '2026-11-22', '2026-11-23'],
    ['date:last_month', '2026-10-01', '2026-10-31T23:59', '2026-11-01'],
    ['date:"last year"', '2025-01-01', '2025-12-31T23:59', '2026-01-01'],
    ['date:"last week..today"', '2026-11-09', '2026-11-22', '2026-11-23'],
    [
      'date:2026-11-21T06:12:05.2',
      '2026-11-21T06:12:05.299',
      '2026-11-21T06:12:05.2',
      '2026-11-21',
    ],
  ])('knows %s', (query, first, last, outside) => {
    expect(fits(query, takenAt(first))).toBe(true);
    expect(fits(query, takenAt(last))).toBe(true);
    expect(fits(query, takenAt(outside))).toBe(false);
  });

  it('takes a month back from a long day to the end of a short month', () => {
    const now = { localMs: Date.UTC(2026, 2, 31) };
    const query = parseQuery('date:"last 1 months"', now);
    expect(matches(query, takenAt('2026-03-01'))).toBe(true);
    expect(matches(query, takenAt('2026-02-28T23:00'))).toBe(false);
  });

  it('takes years as they are written, and no hour past 23 or minute past 59', () => {
    expect(fits('date:0026')).toBe(false);
    expect(fits('date:0000..0100', { ...FRAME, takenMs: Date.UTC(2000, 0) })).toBe(false);
    for (const time of ['24:00', '10:60', '10:00:60']) {
      expect(() => fits(`date:2026-11-21T${time}`)).toThrow(QueryError);
    }
    expect(() => fits('date:"last 0 days"')).toThrow(/no time at all/);
  });
});

describe('terms', () => {
  it.each([
    '-zebra',
    '-label:blue rating=4',
    '-"a b"',
    '-(zebra or label:blue)',
    'not -rating=4 or -label:blue',
    'rating>-2',
    'has:burst has:sidecar',
    'not has:gps',
    'löwe',
    'lo\u0308we',
    'name="LÖWE-1.nef"',
    'λέων',
    'name:löwe-1',
  ])('fits: %s', (query) => {
    expect(fits(query)).toBe(true);
  });

  it.each(['-löwe', '-rating=4', 'near:90,0,20000km'])('does not fit: %s', (query) => {
    expect(fits(query)).toBe(false);
  });

  it.each([
    ['ratng>3', 1, /did you mean "rating"/],
    ['iso>1 keywrod:x', 7, /did you mean "keyword"/],
    ['Artist:x', 1, /no field "Artist".*tag\.Name/],
    ['qqqqqq:x', 1, /there are camera, lens/],
    ['RATNIG:3', 1, /did you mean "rating"/],
    ['tag.a:b:c', null, /./],
    [`iso>${'9'.repeat(400)}`, 5, /too large/],
    [`size>${'9'.repeat(400)}`, 6, /too large/],
    [`near:1,2,${'9'.repeat(400)}`, 6, /too large/],
    ['tag.X>y', 7, /not a number/],
    ['iso:1..b', 8, /"b" is not a number/],
    ['date:2026..x', 12, /"x" is not a date/],
  ])('says where %s is wrong, and what was meant', (query, column, message) => {
    if (column === null) {
      expect(parseQuery(query, NOW)).toMatchObject({ field: 'tag.a:b', value: 'c' });
      return;
    }
    expect(() => parseQuery(query, NOW)).toThrow(
      expect.objectContaining({ column, message: expect.stringMatching(message) }),
    );
  });
});

describe('parseQuery()', () => {
  it('understands any text at all, or says in which column it does not', () => {
    const pieces = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ...'( ) " " \\ - -x not and or : = != <= > .. , tag. tag.A:b near: date: last 7 days size> 1/3 f/2 * ? 5km'.split(
              ' ',
            ),
          ),
          fc.constantFrom(' ', '  ', '\t'),
          fc.constantFrom(...FIELDS.map(({ name }) => name)),
          fc.string({ unit: 'binary', maxLength: 6 }),
        ),
        { maxLength: 25 },
      )
      .map((some) => some.join(''));
    let understood = 0;
    fc.assert(
      fc.property(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        try {
          matches(parseQuery(text, NOW), FRAME);
          understood += 1;
        } catch (error) {
          if (!(error instanceof QueryError)) throw error;
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(error.column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 5000 },
    );
    expect(understood).toBeGreaterThan(100);
  });
});

describe('wildcard()', () => {
  const letters = fc.constantFrom('a', 'b', '*', '?', '😀', '.', '\n');
  const asRegExp = (pattern: string): RegExp =>
    new RegExp(
      `^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`,
      'su',
    );

  it('answers what the plain regular expression answers', () => {
    const pattern = fc.string({ unit: letters, maxLength: 7 });
    const text = fc.string({ unit: letters, maxLength: 8 });
    let count = 0;
    fc.assert(
      fc.property(pattern, text, (one, other) => {
        const isFit = wildcard(one)(other);
        expect(isFit).toBe(asRegExp(one).test(other));
        if (isFit) {
          count += 1;
          for (const literal of literalsOf(one)) expect(other).toContain(literal);
        }
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(100);
  });

  it('ends soon for patterns on which a regular expression tries all there is', () => {
    const text = 'a'.repeat(20_000);
    expect(wildcard(`${'a*'.repeat(4000)}b`)(text)).toBe(false);
    expect(wildcard(`*${'?a*'.repeat(1000)}b`)(text)).toBe(false);
    expect(wildcard(`${'*a'.repeat(4000)}*`)(text)).toBe(true);
    expect(wildcard('?'.repeat(20_001))(text)).toBe(false);
  });
});

describe('fold()', () => {
  it('makes the same of what people take for the same', () => {
    expect(fold('Lo\u0308WE')).toBe(fold('löwe'));
    expect(fold('\udc80')).toBe('\ufffd');
  });
});

describe('queryHelp()', () => {
  it('names every field and alias, fits a terminal, and its examples are understood', () => {
    const help = queryHelp();
    for (const { name, aliases } of FIELDS) {
      for (const one of [name, ...aliases]) expect(help).toContain(one);
    }
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    const examples = help.slice(help.indexOf('Examples:')).split('\n').slice(1, -1);
    expect(examples.length).toBeGreaterThan(4);
    for (const line of examples) {
      const query = line.trim().split(/\s{2,}/)[0] ?? '';
      expect(() => parseQuery(query, NOW)).not.toThrow();
    }
  });
});
