import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkLockfile,
  checkManifest,
  type LockedPackage,
  type Lockfile,
  packagesFor,
} from '../../tools/lockfile.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const readJson = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
const LOCKED = { version: '1.0.0', integrity: 'sha512-x' };

function lockOf(packages: Record<string, LockedPackage>): Lockfile {
  return { lockfileVersion: 3, packages: { '': {}, ...packages } };
}

describe('checkManifest()', () => {
  it('finds only exact versions in package.json', () => {
    expect(checkManifest(readJson('package.json'))).toEqual([]);
  });

  it.each(['^1.0.0', '~1.0.0', '1.x', 'latest', '>=1.0.0', 'github:a/b'])(
    'catches %s',
    (version) => {
      expect(checkManifest({ devDependencies: { a: version } })).toHaveLength(1);
    },
  );
});

describe('checkLockfile()', () => {
  it('finds nothing of one machine or one system in package-lock.json', () => {
    expect(checkLockfile(readJson('package-lock.json'))).toEqual([]);
  });

  it('catches an address, a missing digest and a binary of another system that was left out', () => {
    const parts = { optionalDependencies: { 'a-darwin': '1.0.0', 'a-linux': '1.0.0' } };
    const lock = lockOf({
      'node_modules/a': { ...LOCKED, ...parts },
      'node_modules/a/node_modules/a-linux': LOCKED,
      'node_modules/b': { version: '1.0.0' },
      'node_modules/c': { ...LOCKED, resolved: 'https://example.com/c.tgz' },
    });
    expect(checkLockfile(lock)).toEqual([
      'package-lock.json: node_modules/a: its part a-darwin is not locked',
      'package-lock.json: node_modules/b: has no version or no digest',
      'package-lock.json: node_modules/c: names the address https://example.com/c.tgz',
    ]);
  });
});

describe('packagesFor()', () => {
  it('names what an install for that system must hold and nothing of another', () => {
    const lock = lockOf({
      'node_modules/any': LOCKED,
      'node_modules/mac': { ...LOCKED, os: ['darwin'], cpu: ['arm64'] },
      'node_modules/mac-intel': { ...LOCKED, os: ['darwin'], cpu: ['x64'] },
      'node_modules/windows': { ...LOCKED, os: ['win32'] },
    });
    expect(packagesFor(lock, { os: 'darwin', cpu: 'arm64' })).toEqual(['node_modules/mac']);
    expect(packagesFor(lock, { os: 'win32', cpu: 'x64' })).toEqual(['node_modules/windows']);
  });

  it('finds binaries for macOS and Windows in the real lockfile', () => {
    const lock = readJson('package-lock.json');
    const names = packagesFor(lock, { os: 'darwin', cpu: 'arm64' });
    expect(names).toContain('node_modules/@img/sharp-darwin-arm64');
    expect(packagesFor(lock, { os: 'win32', cpu: 'x64' }).length).toBeGreaterThan(3);
  });
});
