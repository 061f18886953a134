import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findXmpProperty, parseXmp } from '../metadata/index.ts';
import { mergeXmp } from './merge-xmp.ts';

/** A sidecar as editors write them: simple values as attributes, lists as elements. */
interface Sidecar {
  readonly date?: number;
  readonly rating?: string;
  readonly label?: string;
  readonly keywords?: readonly string[];
  readonly exposure?: string;
  readonly curve?: readonly string[];
}

function write({ date = 0, rating, label, keywords, exposure, curve }: Sidecar): Uint8Array {
  const time = new Date(Date.UTC(2026, 10, 22) + date * 60_000).toISOString();
  const attributes = [
    `xmp:MetadataDate="${time}"`,
    rating && `xmp:Rating="${rating}"`,
    label && `xmp:Label="${label}"`,
    exposure && `crs:Exposure2012="${exposure}"`,
  ].filter(Boolean);
  const list = (name: string, kind: string, items: readonly string[]): string =>
    `<${name}><rdf:${kind}>${items.map((item) => `<rdf:li>${item}</rdf:li>`).join('')}</rdf:${kind}></${name}>`;
  const elements = [
    keywords && keywords.length > 0 && list('dc:subject', 'Bag', keywords),
    curve && list('crs:ToneCurvePV2012', 'Seq', curve),
  ].filter(Boolean);
  return new TextEncoder().encode(
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" ${attributes.join(' ')}>${elements.join('')}</rdf:Description></rdf:RDF></x:xmpmeta>`,
  );
}

function read(bytes: Uint8Array | undefined, name: string): unknown {
  const document = bytes === undefined ? null : parseXmp(bytes);
  const value = document === null ? undefined : findXmpProperty(document, name)?.value;
  if (value?.kind === 'text') return value.text;
  // An empty list says what no list says.
  if (value?.kind !== 'array' || value.items.length === 0) return undefined;
  return value.items.map(({ text }) => text).sort();
}

function merged(base: Sidecar | null, one: Sidecar, other: Sidecar) {
  return mergeXmp(base === null ? null : write(base), write(one), write(other));
}

const BEGUN: Sidecar = { rating: '1', keywords: ['sea'], exposure: '0', curve: ['0, 0'] };

describe('mergeXmp()', () => {
  it('takes what only one side changed, from both', () => {
    const result = merged(
      BEGUN,
      { ...BEGUN, date: 1, rating: '5' },
      { ...BEGUN, date: 2, label: 'Red' },
    );
    expect(result?.lost).toEqual([]);
    expect(read(result?.bytes, 'xmp:Rating')).toBe('5');
    expect(read(result?.bytes, 'xmp:Label')).toBe('Red');
  });

  it('merges keywords as sets: added here, removed there', () => {
    const result = merged(
      { ...BEGUN, keywords: ['sea', 'boat'] },
      { ...BEGUN, date: 2, keywords: ['sea', 'boat', 'storm'] },
      { ...BEGUN, date: 1, keywords: ['sea', 'harbour'] },
    );
    expect(read(result?.bytes, 'dc:subject')).toEqual(['harbour', 'sea', 'storm']);
  });

  it('keeps the newer value where both changed it, and names what was lost', () => {
    const result = merged(
      BEGUN,
      { ...BEGUN, date: 1, rating: '3' },
      { ...BEGUN, date: 2, rating: '4' },
    );
    expect(read(result?.bytes, 'xmp:Rating')).toBe('4');
    expect(result?.lost).toEqual(['xmp:Rating']);
  });

  it('takes develop settings as one: never half of one and half of the other', () => {
    const both = merged(
      BEGUN,
      { ...BEGUN, date: 2, exposure: '+1' },
      { ...BEGUN, date: 1, curve: ['0, 0', '255, 255'] },
    );
    expect(read(both?.bytes, 'crs:Exposure2012')).toBe('+1');
    expect(read(both?.bytes, 'crs:ToneCurvePV2012')).toEqual(['0, 0']);
    expect(both?.lost).toEqual(['crs:Exposure2012', 'crs:ToneCurvePV2012']);
    const one = merged(
      BEGUN,
      { ...BEGUN, date: 2, rating: '2' },
      { ...BEGUN, date: 1, exposure: '+1', curve: ['0, 0', '255, 255'] },
    );
    expect(read(one?.bytes, 'crs:Exposure2012')).toBe('+1');
    expect(read(one?.bytes, 'crs:ToneCurvePV2012')).toEqual(['0, 0', '255, 255']);
    expect(read(one?.bytes, 'xmp:Rating')).toBe('2');
  });

  it('takes absence for deletion only where the base had it', () => {
    const { rating: _, ...unrated } = BEGUN;
    const gone = merged(BEGUN, { ...unrated, date: 1 }, { ...BEGUN, date: 2, label: 'Red' });
    expect(read(gone?.bytes, 'xmp:Rating')).toBeUndefined();
    const added = merged(null, { ...unrated, date: 1, label: 'Red' }, { ...BEGUN, date: 2 });
    expect(read(added?.bytes, 'xmp:Rating')).toBe('1');
    expect(read(added?.bytes, 'xmp:Label')).toBe('Red');
  });

  const withList = (minute: number, name: string, text: string, more = ''): Uint8Array =>
    new TextEncoder().encode(
      new TextDecoder()
        .decode(write({ date: minute, rating: '1' }))
        .replace('<rdf:Description', `<rdf:Description xmlns:darktable="http://darktable.sf.net/"`)
        .replace(
          '></rdf:Description>',
          ` ${more}><${name}><rdf:Seq><rdf:li rdf:parseType="Resource"><crs:Amount>${text}</crs:Amount></rdf:li></rdf:Seq></${name}></rdf:Description>`,
        ),
    );

  it('takes masks and other structures with the edit that changed them, and names those that were lost', () => {
    const mask = (minute: number, text: string) =>
      withList(minute, 'crs:MaskGroupBasedCorrections', text);
    const taken = mergeXmp(mask(0, '0'), mask(1, '7'), mask(2, '0'));
    expect(new TextDecoder().decode(taken?.bytes)).toContain('<crs:Amount>7<');
    expect(taken?.lost).toEqual([]);
    const both = mergeXmp(mask(0, '0'), mask(1, '7'), mask(2, '9'));
    expect(new TextDecoder().decode(both?.bytes)).toContain('<crs:Amount>9<');
    expect(both?.lost).toEqual(['crs:MaskGroupBasedCorrections']);
  });

  it("takes darktable's history and where it ends as one", () => {
    const edit = (minute: number, text: string, end: number) =>
      withList(minute, 'darktable:history', text, `darktable:history_end="${end}"`);
    const both = mergeXmp(edit(0, '0', 1), edit(1, '7', 2), edit(2, '9', 1));
    expect(read(both?.bytes, 'darktable:history_end')).toBe('1');
    expect(both?.lost).toEqual(['darktable:history', 'darktable:history_end']);
  });

  it('leaves alone what is no XMP', () => {
    expect(mergeXmp(null, write(BEGUN), new TextEncoder().encode('no xmp'))).toBeNull();
  });

  const word = fc.constantFrom('sea', 'boat', 'storm', 'sun', 'crew');
  const sidecar = fc.record(
    {
      date: fc.nat(5),
      rating: fc.constantFrom('1', '2', '3', '4', '5'),
      label: fc.constantFrom('Red', 'Blue'),
      keywords: fc.uniqueArray(word, { maxLength: 4 }),
      exposure: fc.constantFrom('0', '+1', '-1'),
      curve: fc.constantFrom(['0, 0'], ['0, 0', '255, 255']),
    },
    { requiredKeys: [] },
  );

  it('gives the same whichever side is told first, and nothing new when it is done again', () => {
    fc.assert(
      fc.property(fc.option(sidecar), sidecar, sidecar, (base, one, other) => {
        const result = merged(base, one, other);
        const swapped = merged(base, other, one);
        expect(swapped).toEqual(result);
        if (result === null) return;
        // Merged with what it was made of, taking that as the base, it stays.
        for (const part of [one, other]) {
          const again = mergeXmp(write(part), result.bytes, write(part));
          expect(again?.lost ?? []).toEqual([]);
          if (again !== null)
            expect(read(again.bytes, 'dc:subject')).toEqual(read(result.bytes, 'dc:subject'));
        }
      }),
    );
  });
});
