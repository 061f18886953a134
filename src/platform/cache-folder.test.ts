import { describe, expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

describe('cacheFolder()', () => {
  it.each([
    ['linux', {}, '/home/h/.cache/fieldvault'],
    ['linux', { XDG_CACHE_HOME: '/fast' }, '/fast/fieldvault'],
    ['darwin', { XDG_CACHE_HOME: '/fast' }, '/home/h/Library/Caches/FieldVault'],
    ['win32', {}, '/home/h/AppData/Local/FieldVault/Cache'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/FieldVault/Cache'],
    ['win32', { FIELDVAULT_CACHE: '/asked' }, '/asked'],
    ['linux', { FIELDVAULT_CACHE: '' }, '/home/h/.cache/fieldvault'],
  ])('on %s with %o is %s', (platform, environment, folder) => {
    expect(cacheFolder(platform, environment, '/home/h')).toBe(folder);
  });
});
