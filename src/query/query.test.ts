import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceMetres, type FrameFacts, matches, parseQuery, QueryError } from './index.ts';

const NOW = { localMs: Date.UTC(2026, 10, 22, 15, 30) };
const FRAME: FrameFacts = {
  id: 'f1',
  paths: ['CARD_A/DCIM/100NCZ_8/DSC_0001.NEF', 'CARD_A/DCIM/100NCZ_8/DSC_0001.xmp'],
  camera: 'NIKON Z 9',
  lens: 'NIKKOR Z 600mm f/4 TC VR S',
  serial: '6001234',
  iso: 800,
  aperture: 5.6,
  shutterSeconds: 1 / 2000,
  focal: 600,
  takenMs: Date.UTC(2026, 10, 21, 6, 12, 5, 250),
  rating: 4,
  label: 'Red',
  pick: 1,
  keywords: ['lion', 'Serengeti'],
  collections: ['Best of 2026'],
  tier: 'select',
  burst: 'b17',
  kinds: ['raw', 'xmp'],
  sizeBytes: 25_000_000,
  latitude: -2.333333,
  longitude: 34.833333,
  hasIssue: false,
  isProtected: false,
  isBest: false,
  sharpness: null,
  tags: { AFAreaMode: 'Auto', 'XMP:Creator': 'H' },
};
const BLANK: FrameFacts = {
  ...FRAME,
  camera: null,
  lens: null,
  iso: null,
  rating: null,
  takenMs: null,
  latitude: null,
  keywords: [],
};
const fits = (query: string, facts: FrameFacts = FRAME): boolean =>
  matches(parseQuery(query, NOW), facts);

describe('parseQuery() and matches()', () => {
  it.each([
    '',
    'rating>=4',
    'stars=4',
    'rating:3..5',
    'rating!=3',
    'lion',
    'camera:"z 9"',
    'camera="nikon z 9"',
    'lens:600',
    'name=dsc_*.nef',
    'name=DSC_000?.NEF',
    'path:CARD_A/DCIM',
    'iso<=800 iso>799 iso:400..1600',
    'f/2.8 or f<8',
    'shutter<=1/1000',
    'shutter=1/2000',
    'focal>=500mm',
    'size>20MB size<0.1GB',
    'date:2026',
    'date:2026-11',
    'date=2026-11-21',
    'date:2026-11-21T06:12',
    'date:2026-11-21T06:12:05',
    'date:yesterday',
    'date:week',
    'date:month date:year',
    'date<today',
    'date>=2026-11-01',
    'date:2026-11-20..2026-11-21',
    'date:..2026-12',
    'keyword=lion keyword:seren',
    'collection:"best of"',
    'label=red pick=1 tier:select burst=b17 kind:raw',
    'has:gps has:xmp not has:issue',
    'near:-2.33,34.83,5km',
    'tag.AFAreaMode=auto',
    'not rating<3',
    'not not rating=4',
    '(rating=1 or rating=4) and (label:red or label:blue)',
    'rating=1 or rating=4 and label:red',
    'serial!=1',
  ])('fits: %s', (query) => {
    expect(fits(query)).toBe(true);
  });

  it.each([
    'rating>4',
    'rating!=4',
    'zebra',
    'camera=nikon',
    'name=*.jpg',
    'iso<800',
    'date:2025',
    'date:today',
    'date>2026-11-21',
    'date<2026-11-21',
    'has:video',
    'near:-2.33,35.83,5km',
    'not lion',
    'rating=4 label:blue',
    '(rating=4 or rating=1) and label:blue',
    'tag.Missing:x',
  ])('does not fit: %s', (query) => {
    expect(fits(query)).toBe(false);
  });

  it('takes what is not known for fitting nothing but its opposite', () => {
    for (const query of [
      'rating>=0',
      'iso:0..',
      'camera:a',
      'date:..2030',
      'has:gps',
      'keyword:*',
    ]) {
      expect(fits(query, BLANK), query).toBe(false);
      expect(fits(`not ${query}`, BLANK), query).toBe(true);
    }
    expect(fits('rating!=3 camera!=x', BLANK)).toBe(true);
  });

  it.each([
    ['ratng>3', 1, /no field "ratng"/],
    ['rating>three', 8, /not a number/],
    ['rating>=4 (lens:600', 11, /never closed/],
    ['rating>=4)', 10, /never opened/],
    ['lens:"600', 6, /quote/],
    ['rating>', 8, /lacks a value/],
    ['iso:100 and', 12, /query ends/],
    ['or iso:100', 1, /condition is expected/],
    ['date:2026-13', 6, /no day|not a date/],
    ['date:2026-02-30', 6, /no day/],
    ['lens>600', 5, /no order/],
    ['near:91,0,5km', 6, /latitude/],
    ['near:1,2', 6, /place/],
    ['iso>1..5', 5, /span/],
    ['has:wings', 5, /knows/],
    ['shutter=1/0', 9, /divided/],
    ['size>5XB', 6, /size/],
  ])('says where %s is wrong', (query, column, message) => {
    try {
      parseQuery(query, NOW);
      expect.fail('it was understood');
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      expect(error.column).toBe(column);
      expect(error.message).toMatch(message);
    }
  });

  it('either understands any text or says where it does not, in bounded depth', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      'not',
      'and',
      'or',
      'rating',
      '>=',
      '=',
      ':',
      '4',
      '"a b"',
      'lens',
      'x',
      '!=',
      'date',
      '..',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          matches(parseQuery(pieces.join(' '), NOW), FRAME);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
        }
      }),
    );
    for (const open of ['(', 'not ']) {
      expect(() => parseQuery(open.repeat(2000), NOW)).toThrow(/nested deeper/);
    }
    expect(() => parseQuery('x'.repeat(10_001), NOW)).toThrow(/longer/);
  });

  it('agrees with itself: not, or and and follow the laws of De Morgan', () => {
    const term = fc.constantFrom(
      'rating>=4',
      'lens:600',
      'has:gps',
      'iso<400',
      'date:2025',
      'lion',
    );
    fc.assert(
      fc.property(term, term, (a, b) => {
        expect(fits(`not (${a} or ${b})`)).toBe(fits(`not ${a} and not ${b}`));
        expect(fits(`not (${a} ${b})`)).toBe(fits(`not ${a} or not ${b}`));
      }),
    );
  });
});

describe('distanceMetres()', () => {
  it('is a degree of latitude of 111.2 km, and works across the date line', () => {
    expect(distanceMetres(0, 0, 1, 0)).toBeCloseTo(111_195, -1);
    expect(distanceMetres(0, 179.5, 0, -179.5)).toBeCloseTo(111_195, -1);
    expect(distanceMetres(10, 20, 10, 20)).toBe(0);
  });
});
