import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCos, samplePicture } from '../../testing/index.ts';
import { parseKeywords } from './capture-one-words.ts';
import { readCosFacts } from './cos.ts';

const PATH = '/s/Capture/CaptureOne/Settings153/IMG_1.CR3.cos';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const picture = samplePicture({
  folder: '/s/Capture',
  name: 'IMG_1.CR3',
  keywords: ['Dog & "Co"'],
});

describe('readCosFacts()', () => {
  it('reads each variant, the active layer over the defaults', () => {
    const text = formatCos([
      { ...picture, rating: 4, label: 'Blue' },
      { ...picture, rating: null },
    ]);
    expect(readCosFacts(PATH, bytesOf(text))).toMatchObject([
      {
        path: '/s/Capture/IMG_1.CR3',
        from: PATH,
        rating: 4,
        label: 'Blue',
        keywords: ['Dog & "Co"'],
        copyName: null,
        origins: { rating: 'AL/Basic_Rating', keywords: 'AL/Content_Keywords' },
      },
      { rating: 0, label: null, copyName: '1', origins: { rating: 'DL/Basic_Rating' } },
    ]);
  });

  it('is null for what is broken, hostile, or says nothing', () => {
    const whole = formatCos([picture]);
    const bomb = `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(999)}">]><SLO><IMG><VAR><AL>&b;</AL></VAR></IMG></SLO>`;
    const deep = '<VAR>'.repeat(100_000);
    for (const text of ['', '<SLO/>', 'no XML', whole.slice(0, -30), bomb, deep]) {
      expect(readCosFacts(PATH, bytesOf(text))).toBeNull();
    }
  });

  it('never throws for damaged bytes', () => {
    const bytes = bytesOf(formatCos([{ ...picture, rating: 5 }, picture]));
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        for (const facts of readCosFacts(PATH, damaged) ?? []) {
          expect(facts.rating ?? 0).toBeLessThanOrEqual(5);
        }
      }),
    );
  });
});

describe('parseKeywords()', () => {
  it('takes names with their numbers off, commas within names too', () => {
    expect(parseKeywords('SELECTED||0,Black, white||1,HERO||12')).toEqual([
      'SELECTED',
      'Black, white',
      'HERO',
    ]);
    expect(parseKeywords('')).toEqual([]);
    expect(parseKeywords('plain')).toEqual(['plain']);
    expect(parseKeywords(null)).toBeNull();
  });
});
