import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILES, SimDisk } from '../testing/index.ts';
import { NameMap, plainName, probeNameRules } from './restore-names.ts';

describe('probeNameRules()', () => {
  it.each([
    ['ext4', { case: true, normalisation: true, trailingDots: true }],
    ['exfat', { case: false, normalisation: true, trailingDots: true }],
    ['fat32', { case: false, normalisation: true, trailingDots: false }],
    ['apfs', { case: false, normalisation: false, trailingDots: true }],
  ] as const)('finds the rules of %s by trying and leaves nothing behind', async (name, rules) => {
    const disk = new SimDisk({ profile: PROFILES[name] });
    disk.stage.makeFolders('/out');
    expect(await probeNameRules(disk, '/out')).toEqual(rules);
    expect(disk.stage.paths('/out')).toEqual([]);
  });

  it('does not mind what a restore that was cut off left, and removes it', async () => {
    const disk = new SimDisk({ profile: PROFILES.exfat });
    disk.stage.plant('/out/.fv-probe-a', '');
    expect(await probeNameRules(disk, '/out')).toMatchObject({ case: false });
    expect(disk.stage.paths('/out')).toEqual([]);
  });
});

describe('NameMap', () => {
  const strict = { case: true, normalisation: true, trailingDots: true };

  it('keeps twins apart only where the target cannot', () => {
    const exact = new NameMap(strict);
    expect(exact.claim('/o', 'A.NEF', 'c/A.NEF')).toBe('A.NEF');
    expect(exact.claim('/o', 'a.nef', 'c/a.nef')).toBe('a.nef');
    const folding = new NameMap({ ...strict, case: false });
    expect(folding.claim('/o', 'A.NEF', 'c/A.NEF')).toBe('A.NEF');
    expect(folding.claim('/o', 'a.nef', 'c/a.nef')).toBe('a~2.nef');
    expect(folding.claim('/o', 'a.nef', 'c/a.nef'), 'asked again').toBe('a~2.nef');
    expect(folding.claim('/p', 'a.nef', 'd/a.nef'), 'another folder').toBe('a.nef');
  });

  it('never gives two paths names the target takes for one', () => {
    const key = (name: string): string => name.normalize('NFC').toLowerCase();
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (names) => {
        const map = new NameMap({ case: false, normalisation: false, trailingDots: true });
        const given = names.map((name) => key(map.claim('/o', name, name)));
        expect(new Set(given).size).toBe(names.length);
      }),
    );
  });
});

describe('plainName()', () => {
  it('is a name that every file system takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (name) => {
        const plain = plainName(name);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(plain).not.toMatch(/[\u0000-\u001f<>:"/\\|?*]|[. ]$/);
        expect(plain.length).toBeGreaterThan(0);
        expect(new TextEncoder().encode(plain).length).toBeLessThanOrEqual(255);
      }),
    );
  });
});
