import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const OLD_NODE = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'18.20.0'}})`;
let clone = '';

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'fieldvault-setup-'));
  for (const path of ['tools/setup.mjs', 'tools/build-kernels.ts', 'package-lock.json']) {
    cpSync(join(ROOT, path), join(clone, path));
  }
});
afterEach(() => rmSync(clone, { recursive: true }));

function setUp(words: readonly string[], { lifecycle = '', node = [] as readonly string[] } = {}) {
  const program = join(clone, 'tools', 'setup.mjs');
  return spawnSync(process.execPath, [...node, program, ...words], {
    encoding: 'utf8',
    env: { ...process.env, npm_lifecycle_event: lifecycle },
  });
}

/** Makes node_modules look as npm leaves it, with one package in another version where `version` says so. */
function pretendInstalled(version: string | null): void {
  const lock = { packages: { 'node_modules/a': { version: '1.0.0' } } };
  const present = { packages: { 'node_modules/a': { version: version ?? '1.0.0' } } };
  mkdirSync(join(clone, 'node_modules'));
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(clone, 'node_modules', '.package-lock.json'), JSON.stringify(present));
}

describe('setup --check', () => {
  it('stops a run that npm did not set up, and names the two commands that help', () => {
    const run = setUp(['--check'], { lifecycle: 'test' });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('ignore-scripts');
    expect(run.stderr).toContain('npm run setup && npm test');
  });

  it('lets a run pass where node_modules is what the lockfile says', () => {
    pretendInstalled(null);
    expect(setUp(['--check']).status).toBe(0);
  });

  it('stops a run where one package has another version', () => {
    pretendInstalled('1.0.1');
    expect(setUp(['--check'], { lifecycle: 'start' }).stderr).toContain('&& npm start');
  });
});

describe('setup', () => {
  it('says which Node it needs to begin', () => {
    const run = setUp([], { node: ['--import', OLD_NODE] });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('needs Node 20 or newer');
  });

  it('says so when the lockfile is gone', () => {
    rmSync(join(clone, 'package-lock.json'));
    expect(setUp([]).stderr).toContain('package-lock.json is missing');
  });
});
