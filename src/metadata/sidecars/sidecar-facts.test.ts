import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIni } from './parse-ini.ts';
import { parseLuaTable } from './parse-lua-table.ts';
import { readSidecarCopies, readSidecarFacts } from './sidecar-facts.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const PP3 = `[Version]
AppVersion=5.9
Version=349

[General]
Rank=4
ColorLabel=3
InTrash=true

[IPTC]
Keywords=Rome;Öl;Rome;
`;
/** Written after a description of PhotoLab 10's files: none was at hand. */
const DOP = `Sidecar = {\r
Date = "2025-01-01T10:00:00.0Z",\r
Software = "DxO PhotoLab 10.0.1",\r
Source = {\r
CafId = "C1",\r
Items = {\r
{\r
Name = "S.NEF",\r
Orientation = 1,\r
Rating = 3,\r
Settings = { AppliedPresetDisplayName = "a \\"b\\" }", Base = { X = -1.5e3, Y = true }, Overrides = {}, Version = "21.0" },\r
ShouldProcess = 0,\r
Uuid = "U1",\r
},\r
{ Rating = 0, ShouldProcess = 2, },\r
}\r
},\r
Version = "21.0",\r
}\r
`;

describe('readSidecarFacts()', () => {
  it('reads what RawTherapee and ART keep beside a picture', () => {
    for (const name of ['card/S.NEF.pp3', 'card/S.NEF.arp']) {
      expect(readSidecarFacts(name, utf8(PP3))).toMatchObject({
        path: 'S.NEF',
        editor: 'rawtherapee',
        from: name,
        rating: 4,
        pick: -1,
        label: 'Green',
        keywords: ['Rome', 'Öl'],
        origins: { rating: '[General] Rank', pick: '[General] InTrash' },
      });
    }
    expect(readSidecarFacts('S.JPG.out.pp3', utf8(PP3))?.path).toBe('S.JPG');
  });

  it('says nothing where a profile says nothing', () => {
    const text = '[Exposure]\r\nAuto=false\r\nRank=5\r\n';
    expect(readSidecarFacts('S.NEF.pp3', utf8(text))).toMatchObject({
      rating: null,
      pick: null,
      label: null,
      keywords: [],
      origins: {},
    });
    const out = '[General]\nRank=9\nColorLabel=0\nInTrash=false\n';
    expect(readSidecarFacts('S.pp3', utf8(out))).toMatchObject({
      rating: null,
      pick: 0,
      label: null,
    });
  });

  it('reads DxO PhotoLab, with its virtual copies', () => {
    const copies = readSidecarCopies('card/S.NEF.dop', utf8(DOP));
    expect(copies).toMatchObject([
      { path: 'S.NEF', editor: 'dxo', rating: 3, pick: 1, copyName: null },
      { path: 'S.NEF', editor: 'dxo', rating: 0, pick: 0, copyName: '1' },
    ]);
    expect(readSidecarFacts('card/S.NEF.dop', utf8(DOP))).toEqual(copies?.[0]);
  });

  it('understands no other number of ShouldProcess', () => {
    const facts = readSidecarFacts(
      'S.dop',
      utf8(DOP.replace('ShouldProcess = 0', 'ShouldProcess = 1')),
    );
    expect(facts?.pick).toBeNull();
  });

  it('reads XMP by the same door', () => {
    const text =
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ' +
      'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF>';
    expect(readSidecarFacts('S.XMP', utf8(text))?.rating).toBe(5);
  });

  it.each(['S.pp3', 'S.dop', 'S.xmp', 'S.cos', 'S', 'S.toString'])(
    'gives null where %s is broken or of a kind it does not read',
    (name) => {
      expect(readSidecarFacts(name, utf8('nothing = here'))).toBeNull();
      expect(readSidecarFacts(name, new Uint8Array())).toBeNull();
      expect(readSidecarFacts(name, new Uint8Array(16_777_217))).toBeNull();
    },
  );

  it('never throws, wherever a sidecar is cut off or whatever bytes it holds', () => {
    for (const [name, text] of [
      ['S.dop', DOP],
      ['S.pp3', PP3],
    ] as const) {
      const bytes = utf8(text);
      for (let end = 0; end < bytes.length; end += 1)
        readSidecarFacts(name, bytes.subarray(0, end));
      const anyPlace = fc.nat(bytes.length - 1);
      fc.assert(
        fc.property(anyPlace, fc.integer({ min: 0, max: 255 }), (place, byte) => {
          readSidecarFacts(name, bytes.with(place, byte));
        }),
      );
    }
    const cut = utf8(DOP).subarray(0, DOP.indexOf('ShouldProcess'));
    expect(readSidecarFacts('S.dop', cut)).toBeNull();
  });
});

describe('parseLuaTable()', () => {
  it('reads names, keys in brackets, lists, texts, numbers and comments', () => {
    const text = 's = { a = 1, ["b c"] = "x\\ny", -- why\n d = { 1; 2, true, nil, false }, "e" }';
    const { name, table } = parseLuaTable(text) ?? {};
    expect(name).toBe('s');
    expect([...(table?.named.entries() ?? [])]).toEqual([
      ['a', 1],
      ['b c', 'x\ny'],
      ['d', { named: new Map(), listed: [1, 2, true, null, false] }],
    ]);
    expect(table?.listed).toEqual(['e']);
  });

  it('refuses what is too deep, and never hangs on what has no end', () => {
    expect(parseLuaTable(`s = ${'{'.repeat(64)}${'}'.repeat(64)}`)).not.toBeNull();
    expect(parseLuaTable(`s = ${'{'.repeat(65)}${'}'.repeat(65)}`)).toBeNull();
    expect(parseLuaTable(`s = ${'{'.repeat(900_000)}`)).toBeNull();
    expect(parseLuaTable(`s = { ${'1,'.repeat(600_000)} }`)).toBeNull();
    expect(parseLuaTable(`s = { a = "${'x'.repeat(2_000_000)}`)).toBeNull();
    for (const endless of ['-', '1', '"', '\\', ' ', '--\n', '.', '["']) {
      expect(parseLuaTable(`s = { a = 1, ${endless.repeat(500_000)}x`)).toBeNull();
    }
    expect(parseLuaTable('s = { a = 1 b = 2 }')?.table.named.size).toBe(2);
  });
});

describe('parseIni()', () => {
  it('reads sections; a line that is none of its kind is trouble', () => {
    expect(parseIni('\ufeff# c\n[A]\nx=1=2\ny=\n[A]\nz=3')?.get('A')).toEqual(
      new Map([
        ['x', '1=2'],
        ['y', ''],
        ['z', '3'],
      ]),
    );
    expect(parseIni('x=1')).toBeNull();
    expect(parseIni('[A]\nnothing')).toBeNull();
    expect(parseIni(`[A]\n${'x=1\n'.repeat(200_000)}`)).toBeNull();
  });
});
