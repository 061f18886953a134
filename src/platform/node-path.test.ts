import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absolutePath,
  decodeName,
  encodeName,
  joinPath,
  nativePath,
  parseNativePath,
} from './node-path.ts';

describe('decodeName()', () => {
  it('is undone exactly by encodeName() for every byte string', () => {
    // Mostly bytes around the borders of UTF-8, where a decoder goes wrong.
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xa0),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (values) => {
        const bytes = Uint8Array.from(values);
        expect(new Uint8Array(encodeName(decodeName(bytes)))).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('gives valid UTF-8 as it is, a replacement character too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeName(Buffer.from(`${text}\ufffd`, 'utf8'))).toBe(`${text}\ufffd`);
      }),
    );
  });

  it('keeps each bad byte as its own surrogate (PEP 383)', () => {
    expect(decodeName(Buffer.from('636166e92e6a7067', 'hex'))).toBe('caf\udce9.jpg');
    expect(decodeName(Buffer.from('e28241', 'hex'))).toBe('\udce2\udc82A');
    expect(decodeName(Buffer.from('eda080', 'hex'))).toBe('\udced\udca0\udc80');
    expect(decodeName(Buffer.from('c0af', 'hex'))).toBe('\udcc0\udcaf');
    expect(decodeName(Buffer.from('f4908080', 'hex'))).toBe('\udcf4\udc90\udc80\udc80');
  });
});

describe('paths', () => {
  it('go to Node as text where they can, as bytes where they must', () => {
    expect(nativePath('/a/Zürich')).toBe('/a/Zürich');
    expect(nativePath('/a/\udce9')).toEqual(Buffer.from('2f612fe9', 'hex'));
  });

  it('are joined with one slash', () => {
    expect(joinPath('/', 'a')).toBe('/a');
    expect(joinPath('/a', 'b')).toBe('/a/b');
    expect(joinPath('C:/', 'b')).toBe('C:/b');
  });

  it('are taken from the working folder where a person typed them', () => {
    expect(isAbsolute(absolutePath('photos'))).toBe(true);
    expect(absolutePath('photos/../other/')).toMatch(/[^/]\/other$/);
    expect(absolutePath('photos')).not.toContain('\\');
  });

  it('come from Windows without its long form and with plain slashes', () => {
    const parse = (text: string): string => parseNativePath(Buffer.from(text), 'win32');
    expect(parse('\\\\?\\C:\\Users\\a')).toBe('C:/Users/a');
    expect(parse('\\\\?\\UNC\\studio\\share\\a')).toBe('//studio/share/a');
    expect(parse('D:\\')).toBe('D:/');
    expect(parseNativePath(Buffer.from('/a\\b'), 'linux')).toBe('/a\\b');
  });
});
