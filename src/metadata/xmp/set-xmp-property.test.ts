import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findXmpProperty, openXmpPacket, parseXmp } from './parse-xmp.ts';
import { planSplice, type XmpNewValue } from './plan-splice.ts';
import { isProven, setXmpProperty } from './set-xmp-property.ts';
import { parseXmpName } from './xmp-names.ts';

const RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';
const XMP = 'xmlns:xmp="http://ns.adobe.com/xap/1.0/"';
const DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"';
const rdf = (description: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF ${RDF}>\n${description}\n </rdf:RDF>\n</x:xmpmeta>`;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const set = (text: string, name: string, value: XmpNewValue): string | null => {
  const bytes = setXmpProperty(utf8(text), name, value);
  return bytes === null ? null : new TextDecoder().decode(bytes);
};
const read = (bytes: Uint8Array | null, name: string) => {
  const document = bytes === null ? null : parseXmp(bytes);
  const value = document === null ? undefined : findXmpProperty(document, name)?.value;
  if (value?.kind === 'array') return value.items.map(({ text }) => text);
  return value?.kind === 'text' ? value.text : null;
};

describe('setXmpProperty() with a simple value', () => {
  it('changes the value of an attribute and keeps its quotes', () => {
    const text = rdf(`<rdf:Description ${XMP}  xmp:Rating = '1'\r\n xmp:Label="a"/>`);
    expect(set(text, 'xmp:Rating', '5')).toBe(text.replace("'1'", "'5'"));
    expect(set(text, 'xmp:Label', '<"\'&\n>')).toBe(
      text.replace('"a"', `"&lt;&quot;'&amp;&#xA;>"`),
    );
  });

  it('changes the text of an element, also where it is empty or a resource', () => {
    const text = rdf(
      `<rdf:Description ${XMP}><xmp:A>1</xmp:A><xmp:B/><xmp:C rdf:resource="u"/><xmp:D></xmp:D>
      </rdf:Description>`,
    );
    expect(set(text, 'xmp:A', '<2>')).toBe(text.replace('>1<', '>&lt;2&gt;<'));
    expect(set(text, 'xmp:B', '2')).toBe(text.replace('<xmp:B/>', '<xmp:B>2</xmp:B>'));
    expect(set(text, 'xmp:C', 'v')).toBe(text.replace('"u"', '"v"'));
    expect(set(text, 'xmp:D', '2')).toBe(text.replace('></xmp:D', '>2</xmp:D'));
  });

  it('adds it as the packet writes its others: an attribute on its own line', () => {
    const text = rdf(
      `<rdf:Description rdf:about=""\r\n  ${XMP}\r\n  xmp:Label="a">\r\n</rdf:Description>`,
    );
    expect(set(text, 'xmp:Rating', '3')).toBe(
      text.replace('xmp:Label="a"', 'xmp:Label="a"\r\n  xmp:Rating="3"'),
    );
  });

  it('adds it as an element where all others are elements', () => {
    const text = rdf(`  <rdf:Description ${XMP}>\n    <xmp:A>1</xmp:A>\n  </rdf:Description>`);
    expect(set(text, 'xmp:Rating', '3')).toBe(
      text.replace('</xmp:A>', '</xmp:A>\n    <xmp:Rating>3</xmp:Rating>'),
    );
  });

  it('declares its namespace where it is not known, under a prefix that is free', () => {
    const text = rdf(`<rdf:Description rdf:about='' xmlns:xmpDM='urn:taken'/>`);
    expect(set(text, 'xmpDM:pick', '1')).toBe(
      text.replace(
        '/>',
        " xmlns:xmpDM1='http://ns.adobe.com/xmp/1.0/DynamicMedia/' xmpDM1:pick='1'/>",
      ),
    );
    const inElements = rdf(`<rdf:Description ${DC}><dc:format>x</dc:format></rdf:Description>`);
    expect(set(inElements, 'xmp:Rating', '3')).toBe(
      inElements.replace('</dc:format>', `</dc:format><xmp:Rating ${XMP}>3</xmp:Rating>`),
    );
  });

  it('takes it out together with the white space before it', () => {
    const text = rdf(`<rdf:Description ${XMP}\n  xmp:Rating="3"\n  xmp:Label="a"/>`);
    expect(set(text, 'xmp:Rating', null)).toBe(text.replace('\n  xmp:Rating="3"', ''));
    expect(set(text, 'xmp:Nickname', null)).toBe(text);
  });

  it.each([
    ['is not XMP', 'hello', 'xmp:Rating'],
    ['names no known property', rdf(`<rdf:Description ${XMP}/>`), 'xyz:Rating'],
    ['has no Description', rdf(''), 'xmp:Rating'],
    [
      'has the property twice',
      rdf(`<rdf:Description ${XMP} xmp:Rating="1"><xmp:Rating>2</xmp:Rating></rdf:Description>`),
      'xmp:Rating',
    ],
    [
      'has a structure there',
      rdf(`<rdf:Description ${XMP}><xmp:A xmp:b=""/></rdf:Description>`),
      'xmp:A',
    ],
    [
      'has a comment in its value',
      rdf(`<rdf:Description ${XMP}><xmp:A>1<!-- --></xmp:A></rdf:Description>`),
      'xmp:A',
    ],
  ])('gives null where the packet %s', (_, text, name) => {
    expect(set(text, name, '3')).toBeNull();
  });

  it('gives null for a value that XML cannot hold', () => {
    const text = rdf(`<rdf:Description ${XMP} xmp:Label="a"/>`);
    expect(set(text, 'xmp:Label', 'a\u0001')).toBeNull();
    expect(set(text, 'xmp:Label', 'a\ud800')).toBeNull();
  });
});

describe('setXmpProperty() with items', () => {
  const text = rdf(
    `  <rdf:Description ${DC}>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>Rome</rdf:li>
     <rdf:li>Öl &amp; Wein</rdf:li>
    </rdf:Bag>
   </dc:subject>
  </rdf:Description>`,
  );

  it('adds items behind the last one, as the first one stands', () => {
    expect(set(text, 'dc:subject', { add: ['Paris', 'Rome', '<x>'] })).toBe(
      text.replace(
        'Wein</rdf:li>',
        'Wein</rdf:li>\n     <rdf:li>Paris</rdf:li>\n     <rdf:li>&lt;x&gt;</rdf:li>',
      ),
    );
  });

  it('takes items out, and what is also added stays', () => {
    expect(set(text, 'dc:subject', { remove: ['Öl & Wein', 'none', 'Rome'], add: ['Rome'] })).toBe(
      text.replace('\n     <rdf:li>Öl &amp; Wein</rdf:li>', ''),
    );
    const emptied = set(text, 'dc:subject', { remove: ['Öl & Wein', 'Rome'], add: ['a'] });
    expect(emptied).toContain('<rdf:Bag>\n     <rdf:li>a</rdf:li>\n    </rdf:Bag>');
  });

  it('makes the array where there is none, in the lines of the packet', () => {
    const small = rdf(`  <rdf:Description ${XMP}\r\n   xmp:Rating="1"/>`);
    expect(set(small, 'dc:subject', { add: ['a'] })).toBe(
      small.replace(
        '"1"/>',
        `"1">\n   <dc:subject ${DC}>\n    <rdf:Bag>\n     <rdf:li>a</rdf:li>\n    </rdf:Bag>\n   ` +
          '</dc:subject>\n  </rdf:Description>',
      ),
    );
    expect(set(small, 'dc:subject', { remove: ['a'] })).toBe(small);
    expect(set(small, 'digiKam:TagsList', { add: ['a/b'] })).toContain('<rdf:Seq>');
  });

  it('fills arrays and elements that are empty', () => {
    for (const empty of ['<dc:subject/>', '<dc:subject><rdf:Bag/></dc:subject>']) {
      const small = rdf(`<rdf:Description ${DC}>${empty}</rdf:Description>`);
      const changed = setXmpProperty(utf8(small), 'dc:subject', { add: ['a', 'b'] });
      expect(read(changed, 'dc:subject')).toEqual(['a', 'b']);
    }
  });

  it('gives null where the property is no Bag or Seq', () => {
    const alt = rdf(
      `<rdf:Description ${DC} dc:format="x"><dc:title><rdf:Alt><rdf:li>a</rdf:li></rdf:Alt></dc:title>
       </rdf:Description>`,
    );
    expect(set(alt, 'dc:title', { add: ['b'] })).toBeNull();
    expect(set(alt, 'dc:title', 'b')).toBeNull();
    expect(set(alt, 'dc:format', { add: ['b'] })).toBeNull();
  });
});

const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });
const anyKeywords = fc.uniqueArray(anyText, { maxLength: 4 });
const anyLead = fc.constantFrom(' ', '\n  ', '\r\n\t');
const anyPacket = fc
  .record({
    lead: anyLead,
    quote: fc.constantFrom('"', "'"),
    rating: fc.constantFrom('none', 'attribute', 'element', 'empty'),
    subject: fc.option(anyKeywords),
    isClosed: fc.boolean(),
    encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'),
    hasMark: fc.boolean(),
    padding: fc.constantFrom('', '\n   \n<?xpacket end="w"?>'),
  })
  .map(({ lead, quote, rating, subject, isClosed, encoding, hasMark, padding }) => {
    const escaped = (one: string): string => one.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const items = subject?.map((one) => `${lead}<rdf:li>${escaped(one)}</rdf:li>`).join('');
    const children = [
      rating === 'element' ? `${lead}<xmp:Rating>2</xmp:Rating>` : '',
      rating === 'empty' ? `${lead}<xmp:Rating/>` : '',
      `${lead}<xmp:Other>ö</xmp:Other>`,
      items === undefined ? '' : `${lead}<dc:subject><rdf:Bag>${items}</rdf:Bag></dc:subject>`,
    ];
    const open = [
      `<rdf:Description rdf:about=${quote}${quote}`,
      XMP,
      DC,
      ...(rating === 'attribute' ? [`xmp:Rating=${quote}2${quote}`] : []),
    ].join(lead);
    const isBare = isClosed && subject === null && !/element|empty/.test(rating);
    const text = rdf(isBare ? `${open}/>` : `${open}>${children.join('')}</rdf:Description>`);
    const whole = `${hasMark ? '\ufeff' : ''}${text}${padding}`;
    if (encoding === 'utf-8') return utf8(whole);
    const units = Buffer.from(whole, 'utf16le');
    return new Uint8Array(encoding === 'utf-16le' ? units : units.swap16());
  });

/** Bytes at both ends that two arrays have in common, none counted twice. */
function outside(left: Uint8Array, right: Uint8Array): { start: number; tail: number } {
  const limit = Math.min(left.length, right.length);
  let start = 0;
  while (start < limit && left[start] === right[start]) start += 1;
  let tail = 0;
  while (tail < limit - start && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return { start, tail };
}

describe('setXmpProperty() of any packet', () => {
  it('sets what is read back, and changes no byte outside of the property', () => {
    fc.assert(
      fc.property(anyPacket, anyText, (bytes, value) => {
        const changed = setXmpProperty(bytes, 'xmp:Rating', value);
        if (changed === null) {
          expect(value).toMatch(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u);
          return;
        }
        expect(read(changed, 'xmp:Rating')).toBe(value);
        expect(read(changed, 'dc:subject')).toEqual(read(bytes, 'dc:subject'));
        const { start, tail } = outside(bytes, changed);
        const document = parseXmp(bytes);
        const before = document === null ? null : findXmpProperty(document, 'xmp:Rating');
        const { span } = before ?? { span: { start: 0, end: bytes.length } };
        expect(start).toBeGreaterThanOrEqual(span.start);
        expect(bytes.length - tail).toBeLessThanOrEqual(span.end);
        if (before === null) expect(start + tail).toBe(bytes.length);
      }),
    );
  });

  it('adds and removes keywords, and changes back to the same bytes where only one was added', () => {
    fc.assert(
      fc.property(anyPacket, anyKeywords, anyKeywords, (bytes, add, remove) => {
        const known = read(bytes, 'dc:subject');
        const before = Array.isArray(known) ? known : [];
        const changed = setXmpProperty(bytes, 'dc:subject', { add, remove });
        if (changed === null) return;
        const after = [
          ...before.filter((one) => add.includes(one ?? '') || !remove.includes(one ?? '')),
          ...add.filter((one) => !before.includes(one)),
        ];
        expect(read(changed, 'dc:subject') ?? []).toEqual(after);
        if (remove.length > 0 || !Array.isArray(known)) return;
        const fresh = add.filter((one) => !before.includes(one));
        const back = setXmpProperty(changed, 'dc:subject', { remove: fresh });
        if (before.length > 0) expect(Buffer.compare(back ?? new Uint8Array(), bytes)).toBe(0);
      }),
    );
  });

  it('sets plain values in every packet that can be made here', () => {
    fc.assert(
      fc.property(anyPacket, (bytes) => {
        expect(setXmpProperty(bytes, 'xmp:Rating', '4')).not.toBeNull();
        expect(setXmpProperty(bytes, 'xmpDM:pick', '-1')).not.toBeNull();
        expect(setXmpProperty(bytes, 'dc:subject', { add: ['a'] })).not.toBeNull();
      }),
    );
  });
});

describe('the proof of a changed packet', () => {
  const text = rdf(
    `<rdf:Description ${XMP} xmp:Rating="1" xmp:Label="a"><xmp:B>b</xmp:B></rdf:Description>`,
  );
  const proven = (changed: string, shift: { start?: number; end?: number } = {}): boolean => {
    const bytes = utf8(text);
    const packet = openXmpPacket(bytes);
    const name = parseXmpName('xmp:Rating');
    if (packet === null || name === null) throw new Error('the sample cannot be read');
    const splice = planSplice(packet.text.text, packet.tree, name, '5');
    if (splice === null) throw new Error('the sample cannot be changed');
    const edits = splice.edits.map(({ start, end, text: to }) => ({
      start: start + (shift.start ?? 0),
      end: end + (shift.end ?? 0),
      text: to,
    }));
    return isProven({ bytes, packet }, utf8(changed), name, { ...splice, edits });
  };
  const good = text.replace('"1"', '"5"');

  it('holds for the change that was asked for', () => {
    expect(proven(good)).toBe(true);
  });

  it.each([
    ['the value is not the one asked for', text.replace('"1"', '"4"')],
    ['nothing changed', text],
    ['another property changed', good.replace('"a"', '"b"')],
    ['an element changed', good.replace('>b<', '>c<')],
    ['a byte outside of all properties changed', good.replace('\n </rdf', '\n\t</rdf')],
    ['a property came', good.replace('xmp:Label', 'xmp:New="" xmp:Label')],
    [
      'the property stands there twice',
      good.replace('<xmp:B>', '<xmp:Rating>5</xmp:Rating><xmp:B>'),
    ],
    ['it is not XML any more', good.replace('"5"', '"5')],
    ['a namespace is another', good.replace('xap/1.0/', 'xap/2.0/')],
  ])('fails where %s', (_, changed) => {
    expect(proven(changed)).toBe(false);
  });

  it('fails where the edit reaches beyond the property', () => {
    expect(proven(good, { end: ' xmp:Label="a"'.length + 1 })).toBe(false);
    expect(proven(good, { start: -30 })).toBe(false);
  });
});
