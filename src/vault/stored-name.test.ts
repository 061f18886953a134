import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlobId } from '../base/index.ts';
import { dayFolder, NAME_DIGITS, storedName } from './stored-name.ts';

const blob = parseBlobId('3f2a9c1b77d2e0aa'.repeat(4)) ?? expect.fail('a blob id');
const nameOf = (name: string): string => storedName(name, blob, 16);

describe('storedName()', () => {
  it.each([
    ['DSC_0001.NEF', 'DSC_0001~3f2a9c1b77d2e0aa.NEF'],
    ['DSC_0001.NEF.xmp', 'DSC_0001.NEF~3f2a9c1b77d2e0aa.xmp'],
    ['README', 'README~3f2a9c1b77d2e0aa'],
    ['.hidden', '_hidden~3f2a9c1b77d2e0aa'],
    ['a:b?"<>|*\\.jpg', 'a_b_______~3f2a9c1b77d2e0aa.jpg'],
    ['CON.NEF.xmp', '_CON.NEF~3f2a9c1b77d2e0aa.xmp'],
    ['lpt1.jpg', '_lpt1~3f2a9c1b77d2e0aa.jpg'],
    ['trailing. .jpg', 'trailing~3f2a9c1b77d2e0aa.jpg'],
    ['bad\udc80byte.jpg', 'bad_byte~3f2a9c1b77d2e0aa.jpg'],
    ['e\u0301te\u0301.jpg', '\u00e9t\u00e9~3f2a9c1b77d2e0aa.jpg'],
    ['...', '_~3f2a9c1b77d2e0aa'],
    ['   .x', 'file~3f2a9c1b77d2e0aa.x'],
  ])('makes of %j the name %j', (name, stored) => {
    expect(nameOf(name)).toBe(stored);
  });

  it('is legal everywhere, short enough, and carries the digits, for any name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom(...NAME_DIGITS),
        (name, digits) => {
          const stored = storedName(name, blob, digits);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
          expect(stored).not.toMatch(/[\u0000-\u001f<>:"/\\|?*]|^\.|[. ]$/);
          expect(stored.isWellFormed()).toBe(true);
          expect(new TextEncoder().encode(stored).length).toBeLessThanOrEqual(200);
          expect(stored).toContain(`~${blob.slice(0, digits)}`);
        },
      ),
    );
  });
});

describe('dayFolder()', () => {
  it('numbers the second folder of a day', () => {
    expect(dayFolder('2026-11-22', 1)).toBe('originals/2026/2026-11-22');
    expect(dayFolder('2026-11-22', 2)).toBe('originals/2026/2026-11-22_2');
  });
});
