import { describe, expect, it } from 'vitest';
import { pathFilter } from './path-filter.ts';

describe('pathFilter()', () => {
  it('refuses what is no pattern as wrong usage', () => {
    for (const glob of ['', '/']) {
      expect(() => pathFilter(glob)).toThrow(expect.objectContaining({ code: 'BAD_USAGE' }));
    }
  });

  it.each([
    [undefined, 'DCIM/A.NEF', true],
    ['**/*.NEF', 'DCIM/A.NEF', true],
    ['**/*.NEF', 'DCIM/A.JPG', false],
    ['CARD', 'DCIM/A.NEF', true],
    ['CARD/DCIM', 'DCIM/A.NEF', true],
    ['DCIM/', 'DCIM/100/A.NEF', true],
    ['DCIM', 'OTHER/A.NEF', false],
    ['*.NEF', 'A.NEF', true],
    ['CARD/DCIM/A.NEF', 'DCIM/A.NEF', true],
    ['{a,b}/.hidden', 'a/.hidden', true],
  ])('%s on CARD/%s: %s', (glob, path, wanted) => {
    expect(pathFilter(glob)('CARD', path)).toBe(wanted);
  });
});
