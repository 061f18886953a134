import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findXmpProperty, parseXmp, XMP_BYTES_MAX } from './parse-xmp.ts';

const RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';
const XMP = 'xmlns:xmp="http://ns.adobe.com/xap/1.0/"';
const DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"';
const rdf = (description: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${RDF}>${description}</rdf:RDF></x:xmpmeta>`;
const SMALL = rdf(
  `<rdf:Description rdf:about="" ${XMP} ${DC} xmp:Rating="3" xmp:Label='Rot &amp; "grün" 🌹'>
    <xmp:CreatorTool>A&lt;B <![CDATA[<raw>]]></xmp:CreatorTool>
    <dc:subject><rdf:Bag><rdf:li>Öl</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>
    <xmp:Empty/>
  </rdf:Description>`,
);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const big = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();
const properties = (text: string) => parseXmp(utf8(text))?.properties ?? null;
const textOf = (text: string, name: string) => {
  const document = parseXmp(utf8(text));
  return document === null ? null : (findXmpProperty(document, name)?.value ?? null);
};

describe('parseXmp()', () => {
  it('reads attributes, elements and arrays, and says where each stands in the bytes', () => {
    const bytes = utf8(SMALL);
    const found = parseXmp(bytes)?.properties ?? [];
    const pieces = found.map(({ span }) => Buffer.from(bytes.subarray(span.start, span.end)));
    expect(pieces.map(String)).toEqual([
      'xmp:Rating="3"',
      `xmp:Label='Rot &amp; "grün" 🌹'`,
      '<xmp:CreatorTool>A&lt;B <![CDATA[<raw>]]></xmp:CreatorTool>',
      '<dc:subject><rdf:Bag><rdf:li>Öl</rdf:li><rdf:li>b</rdf:li></rdf:Bag></dc:subject>',
      '<xmp:Empty/>',
    ]);
    expect(found.map(({ value }) => value)).toEqual([
      { kind: 'text', text: '3' },
      { kind: 'text', text: 'Rot & "grün" 🌹' },
      { kind: 'text', text: 'A<B <raw>' },
      {
        kind: 'array',
        order: 'Bag',
        items: [
          { text: 'Öl', language: null },
          { text: 'b', language: null },
        ],
      },
      { kind: 'text', text: '' },
    ]);
  });

  const mark = '\ufeff';
  it.each([
    ['UTF-8', 'utf-8', utf8(SMALL)],
    ['UTF-8 with a mark', 'utf-8', utf8(mark + SMALL)],
    ['UTF-16 little endian', 'utf-16le', Buffer.from(SMALL, 'utf16le')],
    ['UTF-16 little endian with a mark', 'utf-16le', Buffer.from(mark + SMALL, 'utf16le')],
    ['UTF-16 big endian', 'utf-16be', big(SMALL)],
    ['UTF-16 big endian with a mark', 'utf-16be', big(mark + SMALL)],
  ])('gives the same from %s', (_, encoding, bytes) => {
    const document = parseXmp(bytes);
    const values = document?.properties.map(({ value }) => value);
    expect(values).toEqual(parseXmp(utf8(SMALL))?.properties.map(({ value }) => value));
    expect(document?.encoding).toBe(encoding);
    const { start, end } = document?.properties[3]?.span ?? { start: 0, end: 0 };
    const piece = new TextDecoder(encoding).decode(bytes.subarray(start, end));
    expect(piece).toMatch(/^<dc:subject>.*Öl.*<\/dc:subject>$/);
  });

  it('reads with and without packet wrapper, x:xmpmeta, XML declaration and padding of zeros', () => {
    const wrapped = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>${SMALL}\r\n  <?xpacket end="w"?>`;
    const bare = `<rdf:RDF ${RDF}><rdf:Description ${XMP} xmp:Rating="3"/></rdf:RDF>`;
    const declared = `<?xml version="1.0" encoding="UTF-8"?>\r\n${SMALL}\0\0`;
    for (const text of [wrapped, bare, declared]) {
      expect(textOf(text, 'xmp:Rating')).toEqual({ kind: 'text', text: '3' });
    }
  });

  it('reads several Descriptions, other prefixes, and values that are resources', () => {
    const text = rdf(
      `<rdf:Description ${XMP}/><rdf:Description xmlns:q="http://ns.adobe.com/xap/1.0/" q:Rating="2">
       <q:BaseURL rdf:resource="http://a/?b&amp;c"/></rdf:Description>`,
    );
    expect(textOf(text, 'xmp:Rating')).toEqual({ kind: 'text', text: '2' });
    expect(textOf(text, 'xmp:BaseURL')).toEqual({ kind: 'text', text: 'http://a/?b&c' });
  });

  it('keeps structures closed, in all the ways they can be written', () => {
    const text = rdf(
      `<rdf:Description ${XMP}><xmp:A rdf:parseType="Resource"><xmp:a>1</xmp:a></xmp:A>
       <xmp:B><rdf:Description xmp:a="1"/></xmp:B><xmp:C xmp:a="1"/>
       <xmp:D><rdf:Bag><rdf:li rdf:parseType="Resource"><xmp:a>1</xmp:a></rdf:li></rdf:Bag></xmp:D>
       </rdf:Description>`,
    );
    expect(properties(text)?.map(({ value }) => value.kind)).toEqual([
      'struct',
      'struct',
      'struct',
      'array',
    ]);
    expect(textOf(text, 'xmp:D')).toMatchObject({ items: [{ text: null }] });
  });

  it('tells languages of an Alt', () => {
    const text = rdf(
      `<rdf:Description ${DC}><dc:title><rdf:Alt><rdf:li xml:lang="x-default">t</rdf:li></rdf:Alt>
       </dc:title></rdf:Description>`,
    );
    expect(textOf(text, 'dc:title')).toEqual({
      kind: 'array',
      order: 'Alt',
      items: [{ text: 't', language: 'x-default' }],
    });
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['other XML', '<plist/>'],
    ['a document type, so no entity can be declared', `<!DOCTYPE x [<!ENTITY a "b">]>${SMALL}`],
    ['an entity nobody knows', SMALL.replace('xmp:Rating="3"', 'xmp:Rating="&toString;"')],
    ['an end that is missing', SMALL.slice(0, -3)],
    ['a second attribute of one name', SMALL.replace('xmp:Rating', 'xmp:Label="" xmp:Rating')],
    ['a prefix nobody declared', SMALL.replace('xmp:Rating', 'xyz:Rating')],
    ['bytes that are another encoding', `<?xml version="1.0" encoding="latin1"?>${SMALL}`],
  ])('gives null for %s', (_, text) => {
    expect(parseXmp(utf8(text))).toBeNull();
  });

  it('gives null for bytes that are no UTF-8', () => {
    const bytes = utf8(SMALL);
    bytes[bytes.indexOf(0xc3) + 1] = 0x41;
    expect(parseXmp(bytes)).toBeNull();
  });
});

describe('parseXmp() of hostile bytes', () => {
  const isRead = (text: string): boolean => parseXmp(utf8(text)) !== null;
  const nested = (depth: number): string =>
    rdf(`<rdf:Description>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</rdf:Description>`);
  const attributes = (count: number): string => {
    const many = Array.from({ length: count }, (_, index) => `xmp:a${index}=""`).join(' ');
    return rdf(`<rdf:Description ${XMP} ${many}/>`);
  };

  it('refuses what is too deep or has too many parts, and reads what is just within', () => {
    expect(isRead(nested(97))).toBe(true);
    expect(isRead(nested(98))).toBe(false);
    expect(isRead(nested(200_000))).toBe(false);
    expect(isRead(attributes(1000))).toBe(true);
    expect(isRead(attributes(250_000))).toBe(false);
  });

  it('refuses what is too large without looking at it', () => {
    const long = rdf(`<rdf:Description ${XMP} xmp:a="${'x'.repeat(2_000_000)}"/>`);
    expect(isRead(long)).toBe(true);
    expect(parseXmp(utf8(long + ' '.repeat(XMP_BYTES_MAX - long.length)))).not.toBeNull();
    expect(parseXmp(utf8(long + ' '.repeat(XMP_BYTES_MAX - long.length + 1)))).toBeNull();
  });

  it('takes as long as a packet is, whatever it is made of', () => {
    const inner = (text: string): string =>
      rdf(`<rdf:Description ${XMP}><xmp:A>${text}</xmp:A></rdf:Description>`);
    expect(isRead(`${rdf('')}${'\0'.repeat(2_000_000)}`)).toBe(true);
    expect(isRead(`${rdf('')}${'\0'.repeat(2_000_000)}x`)).toBe(false);
    for (const piece of ['<!---->', '<![CDATA[]]>', '<?a?>', '&#65;', ' ', '\r\n']) {
      expect(isRead(inner(piece.repeat(200_000)))).toBe(true);
    }
    const names = Array.from({ length: 50_000 }, (_, index) => `xmlns:n${index}="u"`).join(' ');
    const many = `<rdf:RDF ${RDF} ${names}>${'<rdf:Description/>'.repeat(50_000)}</rdf:RDF>`;
    expect(isRead(many)).toBe(true);
  });

  it('never throws and never reads a packet that is cut off, wherever it is cut', () => {
    const bytes = utf8(SMALL);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(parseXmp(bytes.subarray(0, end))).toBeNull();
    }
    expect(parseXmp(bytes)).not.toBeNull();
  });

  it('never throws whatever bytes are flipped, and keeps its spans within the bytes', () => {
    const flips = fc.array(
      fc.tuple(fc.nat(utf8(SMALL).length - 1), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(flips, (changes) => {
        const bytes = utf8(SMALL);
        for (const [place, byte] of changes) bytes[place] = byte;
        let end = 0;
        for (const { span } of parseXmp(bytes)?.properties ?? []) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          end = span.end;
        }
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on bytes of any kind', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseXmp(bytes)));
  });
});
