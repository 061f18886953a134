import { describe, expect, it } from 'vitest';
import type { EditorFacts } from '../editor-facts.ts';
import { readXmpFacts } from './xmp-facts.ts';
import { XMP_NAMESPACES } from './xmp-names.ts';

const DECLARED = Object.entries(XMP_NAMESPACES)
  .filter(([prefix]) => !/^(rdf|xml|xmlns)$/.test(prefix))
  .map(([prefix, namespace]) => `xmlns:${prefix}="${namespace}"`)
  .join(' ');
const read = (attributes: string, elements = '', path = 'card/S.xmp'): EditorFacts | null =>
  readXmpFacts(
    path,
    new TextEncoder().encode(
      `<rdf:RDF xmlns:rdf="${XMP_NAMESPACES.rdf}"><rdf:Description ${DECLARED} ${attributes}>
      ${elements}</rdf:Description></rdf:RDF>`,
    ),
  );
const array = (name: string, ...items: readonly string[]): string =>
  `<${name}><rdf:Bag>${items.map((item) => `<rdf:li>${item}</rdf:li>`).join('')}</rdf:Bag></${name}>`;

describe('readXmpFacts()', () => {
  it('gives null for what is no XMP', () => {
    expect(readXmpFacts('S.xmp', new TextEncoder().encode('nothing'))).toBeNull();
  });

  it('says nothing where the packet says nothing', () => {
    expect(read('')).toEqual({
      path: 'S',
      editor: 'xmp',
      from: 'card/S.xmp',
      rating: null,
      pick: null,
      label: null,
      keywords: [],
      collections: [],
      copyName: null,
      develop: null,
      origins: {},
    });
  });

  it.each([
    ['xmp:Rating="3"', 3, null, 'xmp:Rating'],
    ['xmp:Rating="0"', 0, null, 'xmp:Rating'],
    ['xmp:Rating="4.0"', 4, null, 'xmp:Rating'],
    ['xmp:Rating="-1"', null, -1, undefined],
    ['xmp:Rating="6"', null, null, undefined],
    ['xmp:Rating="many"', null, null, undefined],
    ['MicrosoftPhoto:Rating="1"', 1, null, 'MicrosoftPhoto:Rating'],
    ['MicrosoftPhoto:Rating="25"', 2, null, 'MicrosoftPhoto:Rating'],
    ['MicrosoftPhoto:Rating="50"', 3, null, 'MicrosoftPhoto:Rating'],
    ['MicrosoftPhoto:Rating="75"', 4, null, 'MicrosoftPhoto:Rating'],
    ['MicrosoftPhoto:Rating="99"', 5, null, 'MicrosoftPhoto:Rating'],
    ['MicrosoftPhoto:Rating="0"', 0, null, 'MicrosoftPhoto:Rating'],
    ['xmp:Rating="2" MicrosoftPhoto:Rating="99"', 2, null, 'xmp:Rating'],
  ])('reads the stars of %s', (attributes, rating, pick, origin) => {
    expect(read(attributes)).toMatchObject({ rating, pick });
    expect(read(attributes)?.origins['rating']).toBe(origin);
  });

  it.each([
    ['xmpDM:pick="1"', 1, 'xmpDM:pick'],
    ['xmpDM:pick="-1" xmp:Rating="4"', -1, 'xmpDM:pick'],
    ['xmpDM:pick="0"', 0, 'xmpDM:pick'],
    ['xmpDM:pick="0" xmp:Rating="-1"', -1, 'xmp:Rating'],
    ['xmpDM:good="True"', 1, 'xmpDM:good'],
    ['xmpDM:good="false"', 0, 'xmpDM:good'],
    ['digiKam:PickLabel="1"', -1, 'digiKam:PickLabel'],
    ['digiKam:PickLabel="2"', 0, 'digiKam:PickLabel'],
    ['digiKam:PickLabel="3"', 1, 'digiKam:PickLabel'],
  ])('reads the pick of %s', (attributes, pick, origin) => {
    expect(read(attributes)?.pick).toBe(pick);
    expect(read(attributes)?.origins['pick']).toBe(origin);
  });

  it('keeps the stars of a rejected picture where the editor keeps them', () => {
    expect(read('xmp:Rating="4" xmpDM:pick="-1"')).toMatchObject({ rating: 4, pick: -1 });
  });

  it.each([
    ['xmp:Label="Winner" photoshop:LabelColor="red"', '', 'Winner', 'xmp:Label'],
    ['photoshop:LabelColor="red"', '', 'Red', 'photoshop:LabelColor'],
    ['photoshop:LabelColor="none"', '', null, undefined],
    ['digiKam:ColorLabel="6"', '', 'Magenta', 'digiKam:ColorLabel'],
    ['digiKam:ColorLabel="0"', '', null, undefined],
    ['', array('darktable:colorlabels', '0', '4'), 'Red, Purple', 'darktable:colorlabels'],
    ['', array('darktable:colorlabels'), null, undefined],
  ])('reads the label of %s%s', (attributes, elements, label, origin) => {
    expect(read(attributes, elements)?.label).toBe(label);
    expect(read(attributes, elements)?.origins['label']).toBe(origin);
  });

  it('reads leaves and paths of keywords, each once, and says where they stood', () => {
    const facts = read(
      '',
      array('dc:subject', 'Rome', 'Food') +
        array('lr:hierarchicalSubject', 'Places|Rome', 'Food') +
        array('digiKam:TagsList', 'Places/Rome', 'People/Anna') +
        array('MicrosoftPhoto:LastKeywordXMP', 'old'),
    );
    expect(facts?.keywords).toEqual(['Rome', 'Food', 'Places|Rome', 'People|Anna']);
    expect(facts?.origins['keywords']).toBe('dc:subject, lr:hierarchicalSubject, digiKam:TagsList');
    const last = read('', array('MicrosoftPhoto:LastKeywordXMP', 'Places/Rome'));
    expect(last?.keywords).toEqual(['Places|Rome']);
  });

  it('tells which picture it is for', () => {
    expect(read('photoshop:SidecarForExtension="NEF"')).toMatchObject({
      path: 'S.NEF',
      origins: { path: 'photoshop:SidecarForExtension' },
    });
    expect(read('photoshop:SidecarForExtension="NEF"', '', 'a/S.NEF.xmp')?.path).toBe('S.NEF');
    expect(read('', '', 'a/S.CR3.XMP')?.path).toBe('S.CR3');
    const darktable = 'xmpMM:DerivedFrom="S.CR2" darktable:xmp_version="5"';
    expect(read(darktable, '', 'a/S_01.CR2.xmp')).toMatchObject({
      path: 'S.CR2',
      copyName: '01',
      origins: { path: 'xmpMM:DerivedFrom' },
    });
    expect(read('xmpMM:DerivedFrom="../S.CR2" darktable:xmp_version="5"')?.path).toBe('S');
  });

  it('tells the editor by the namespace that only it uses', () => {
    expect(read('darktable:xmp_version="5" crs:Tint="1"')?.editor).toBe('darktable');
    expect(read('digiKam:PickLabel="0" crs:Tint="1"')?.editor).toBe('digikam');
    expect(read('crs:Tint="1"')?.editor).toBe('lightroom');
    expect(read('xmp:Rating="1"')?.editor).toBe('xmp');
  });

  it('keeps the text of develop settings as it stands, unless it is very long', () => {
    expect(read(`crs:Tint='+20' xmp:Rating="1"`, '<crs:Look crs:Name="ö"/>')?.develop).toBe(
      `crs:Tint='+20'\n<crs:Look crs:Name="ö"/>`,
    );
    expect(read(`crs:Tint="${'1'.repeat(70_000)}"`)?.develop).toBeNull();
  });
});
