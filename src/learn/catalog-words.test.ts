import { describe, expect, it } from 'vitest';
import type { EditorFacts } from '../metadata/index.ts';
import { CatalogWords } from './catalog-words.ts';

const said = (path: string, from = 'A.lrcat', rating = 1): EditorFacts => ({
  path,
  editor: 'lightroom',
  from,
  rating,
  pick: null,
  label: null,
  keywords: [],
  collections: [],
  copyName: null,
  develop: null,
  origins: {},
});

describe('CatalogWords', () => {
  const words = new CatalogWords([
    [
      said('/Volumes/Work/2026/Serengeti/DSC_0001.NEF', 'A.lrcat', 4),
      said('/Volumes/Work/2025/Kruger/DSC_0001.NEF', 'A.lrcat', 2),
      said('C:/Pictures/Zoo/B.JPG'),
      said('C:/Pictures/One/DSC_0009.NEF'),
      said('C:/Pictures/Two/DSC_0009.NEF'),
    ],
  ]);

  it('finds a picture by its last folders, whatever stands before them', () => {
    expect(words.of('work/2026/serengeti/dsc_0001.nef', false).map(({ rating }) => rating)).toEqual(
      [4],
    );
    expect(words.of('CARD/Kruger/DSC_0001.NEF', false).map(({ rating }) => rating)).toEqual([2]);
  });

  it('takes a name alone only where it is the only one on both sides', () => {
    expect(words.of('CARD/DCIM/B.JPG', true)).toHaveLength(1);
    expect(words.of('CARD/DCIM/B.JPG', false)).toEqual([]);
    expect(words.of('CARD/DCIM/DSC_0001.NEF', true)).toEqual([]);
  });

  it('takes neither of two pictures of one catalog that fit equally well', () => {
    expect(words.of('Pictures/DSC_0009.NEF', true)).toEqual([]);
  });

  it('brings the words of a picture and its virtual copies, and of several catalogs', () => {
    const copies = new CatalogWords([
      [said('/p/x/A.NEF'), { ...said('/p/x/A.NEF'), copyName: 'Copy 1' }],
      [said('/p/x/A.NEF', 'B.lrcat')],
    ]);
    expect(copies.of('p/x/A.NEF', false)).toHaveLength(3);
  });

  it('knows composed and decomposed letters for the same', () => {
    const composed = new CatalogWords([[said('/p/\u00fc/A.NEF')]]);
    expect(composed.of('p/u\u0308/a.nef', false)).toHaveLength(1);
  });

  it('says nothing of a picture no catalog knows', () => {
    expect(words.of('CARD/Z.NEF', true)).toEqual([]);
  });
});
