/**
 * Makes a fresh clone ready: installs the locked packages (Node 24 among them) and builds the kernels.
 * npm runs this before `npm start` and `npm test`; with nothing to do it ends in a moment.
 *
 * Plain JavaScript, and the only such file: it must run on Node 20 before anything is installed.
 * `--check` changes nothing and only says whether the set-up is whole.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const HOST_NODE_MIN = 20;
const PROJECT_NODE_MIN = 24;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const BINARIES = join(MODULES, '.bin');
const BUILT_STAMP = join(MODULES, '.fieldvault-kernels');

/** Ends the run with one clear text. */
function fail(text) {
  process.stderr.write(`\nFieldVault set-up: ${text}\n\n`);
  process.exit(1);
}

function say(text) {
  process.stdout.write(`FieldVault set-up: ${text}\n`);
}

/** The environment of an npm script: the project's own binaries come first. */
function scriptEnvironment() {
  // Windows calls the variable `Path`; two spellings in one record would hide each other.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: BINARIES + delimiter + (process.env[name] ?? '') };
}

/** The packages of a lockfile as `path -> version`; null where the file is absent or torn. */
function readPackages(path) {
  try {
    const { packages } = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Object.entries(packages).filter(([name]) => name !== ''));
  } catch {
    return null;
  }
}

/** Whether node_modules holds what package-lock.json asks for; npm records what it installed. */
function packagesMatch() {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const present = readPackages(join(MODULES, '.package-lock.json'));
  if (wanted === null) fail('package-lock.json is missing or damaged; get it back with git.');
  if (present === null) return false;
  for (const [name, { version, optional }] of wanted) {
    const found = present.get(name);
    if (found === undefined ? optional !== true : found.version !== version) return false;
  }
  return [...present.keys()].every((name) => wanted.has(name));
}

/** The major version of the Node that package scripts get: the project's own, else the machine's; 0 where none runs. */
function scriptNodeMajor() {
  const options = { shell: true, env: scriptEnvironment(), encoding: 'utf8' };
  const run = spawnSync('node --version', options);
  return Number(/^v(\d+)\./.exec(run.stdout ?? '')?.[1] ?? 0);
}

/** Runs npm's own program with this Node, so that no shell or `npm.cmd` stands between. */
function runNpm(words) {
  const program = process.env.npm_execpath ?? '';
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 };
  return /npm-cli\.c?js$/.test(program)
    ? spawnSync(process.execPath, [program, ...words], options)
    : spawnSync(`npm ${words.join(' ')}`, { ...options, shell: true });
}

/** What to tell a person when `npm ci` failed. */
function explain(output) {
  // npm 10 ends with "Exit handler never called" where every fetch fails.
  const network =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|socket|Exit handler never called/;
  if (network.test(output)) {
    return 'the packages could not be fetched: the registry was out of reach. Go online once and run the command again.';
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return 'this folder cannot be written. Clone into a folder of your own, or close what holds node_modules open.';
  }
  if (/ENOSPC/.test(output)) return 'the disk is full; about 600 MB are needed.';
  return '`npm ci` failed; its own words stand above.';
}

function install() {
  say('installing the locked packages and Node 24, once (about half a minute) ...');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // npm's own pauses add up to more than a minute before it admits that there is no network.
  const patience = [
    '--fetch-retries=3',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=8000',
  ];
  // A production environment or a strict engine check of the user's must not leave Node 24 out.
  const whole = [
    '--include=dev',
    '--include=optional',
    '--engine-strict=false',
    '--ignore-scripts=false',
  ];
  const run = runNpm(['ci', ...quiet, ...patience, ...whole]);
  if (run.status === 0) return;
  const output = `${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}`;
  process.stderr.write(output);
  fail(explain(output));
}

/** The kernels' sources, without their extension. */
function kernelNames() {
  const folder = join(ROOT, 'src', 'kernels', 'assembly');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3));
}

/** What the kernels, and the page with the decoders in it, are built from. */
function builtFrom() {
  const tools = ['tools/build-kernels.ts', 'tools/build-recover-page.ts'];
  const page = 'src/vault/recover-page/recover.html';
  const rooms = ['src/base', 'src/kernels', 'src/codec'].flatMap((room) => {
    if (!existsSync(join(ROOT, room))) return [];
    const names = readdirSync(join(ROOT, room), { recursive: true }).map(String);
    return names
      .filter((name) => /(?<!\.test)\.ts$/.test(name) && !name.startsWith('generated'))
      .map((name) => `${room}/${name}`);
  });
  const paths = ['package-lock.json', page, ...tools, ...rooms];
  return paths.filter((path) => existsSync(join(ROOT, path))).sort();
}

/** Digest of everything that is built from. */
function builtDigest() {
  const digest = createHash('sha256');
  for (const path of builtFrom()) digest.update(path).update(readFileSync(join(ROOT, path)));
  return digest.digest('hex');
}

function builtMatches() {
  if (!existsSync(BUILT_STAMP) || readFileSync(BUILT_STAMP, 'utf8') !== builtDigest()) return false;
  const generated = join(ROOT, 'src', 'kernels', 'generated');
  const page = join(ROOT, 'src', 'vault', 'recover-page', 'generated', 'recover.html');
  return (
    existsSync(page) && kernelNames().every((name) => existsSync(join(generated, `${name}.ts`)))
  );
}

function build() {
  const options = { cwd: ROOT, shell: true, env: scriptEnvironment(), encoding: 'utf8' };
  for (const tool of ['tools/build-kernels.ts', 'tools/build-recover-page.ts']) {
    const run = spawnSync(`node ${tool}`, options);
    if (run.status === 0) continue;
    process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}`);
    fail("the kernels or the recovery page did not build; the tool's own words stand above.");
  }
  mkdirSync(MODULES, { recursive: true });
  writeFileSync(BUILT_STAMP, builtDigest());
}

/** Ends the run where npm skipped the set-up, which it does when it is told to ignore scripts. */
function check() {
  if (packagesMatch() && scriptNodeMajor() >= PROJECT_NODE_MIN) return;
  const again = process.env.npm_lifecycle_event === 'test' ? 'npm test' : 'npm start';
  fail(
    `Node ${PROJECT_NODE_MIN} is not set up and this would run on ${process.version}. npm left the set-up out, ` +
      `most likely because it is configured with ignore-scripts.\nRun: npm run setup && ${again}`,
  );
}

function setUp() {
  if (!packagesMatch() || scriptNodeMajor() < PROJECT_NODE_MIN) {
    install();
    const major = scriptNodeMajor();
    if (major < PROJECT_NODE_MIN) {
      fail(
        `the packages are there, but Node ${PROJECT_NODE_MIN} is not (found ${major}). Its package fetches the ` +
          'program in an install script; if scripts are blocked here, install Node 24 yourself and use that.',
      );
    }
    build();
    say('done.');
  } else if (!builtMatches()) {
    build();
  }
}

const hostNodeMajor = Number(process.versions.node.split('.')[0]);
if (hostNodeMajor < HOST_NODE_MIN) {
  fail(
    `needs Node ${HOST_NODE_MIN} or newer to begin, this is ${process.version}. It brings its own Node 24 then.`,
  );
}
if (process.argv.includes('--check')) check();
else setUp();
