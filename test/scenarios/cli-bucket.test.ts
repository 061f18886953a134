import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore, openS3Server, type S3Fault, type S3Server } from '../../src/testing/index.ts';
import { parseLines } from './typed-words.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const KEY_ID = 'AKID0123456789';
const SECRET = 'a-secret-that-must-not-be-seen';
const VAULT = 's3://studio/archive/vault';
// Up to seven processes one after the other, on a machine that may be busy.
const TIMEOUT_MS = 180_000;

let scratch: string;
let card: string;
let store: MemoryStore;
let server: S3Server;
let faultOf: (request: string, number: number) => S3Fault | null = () => null;

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-bucket-'));
  card = join(scratch, 'CARD');
  mkdirSync(card);
  for (const name of ['A.NEF', 'B.NEF']) writeFileSync(join(card, name), `pixels ${name}`);
  const nowMs = (): number => Date.now();
  store = new MemoryStore({ nowMs });
  faultOf = () => null;
  const told = (request: string, number: number): S3Fault | null => faultOf(request, number);
  server = await openS3Server(new Map([['studio', store]]), { nowMs, faultOf: told });
});

afterEach(async () => {
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
});

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program with nothing of this machine's AWS settings. */
function run(...words: string[]): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    FIELDVAULT_CACHE: join(scratch, 'cache'),
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: KEY_ID,
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { env, cwd: scratch }, (error, stdout, stderr) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('a vault in a bucket, by the program', () => {
  it(
    'is made, filled twice, checked, told of and restored from',
    async () => {
      expect(await run('init', VAULT)).toMatchObject({ exit: 0, stderr: '' });
      const first = await run('backup', card, '--vault', VAULT, '--json', '--no-learn');
      expect(first).toMatchObject({ exit: 0, stderr: '' });
      expect(parseLines(first.stdout).at(-1)).toMatchObject({ ok: true, files: 2, newBlobs: 2 });
      writeFileSync(join(card, 'C.NEF'), 'pixels C.NEF');
      const second = await run('backup', card, '--vault', `${VAULT}/`, '--json', '--no-learn');
      expect(parseLines(second.stdout).at(-1)).toMatchObject({ ok: true, files: 3, newBlobs: 1 });
      expect((await run('check', '--vault', VAULT, '--read-data')).exit).toBe(0);
      expect((await run('status', '--vault', VAULT)).stdout).toContain('3 originals');
      expect((await run('restore', 'latest', '--vault', VAULT, '--to', 'back')).exit).toBe(0);
      for (const name of ['A.NEF', 'B.NEF', 'C.NEF']) {
        expect(readFileSync(join(scratch, 'back', 'CARD', name), 'utf8')).toBe(`pixels ${name}`);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'never shows or stores what proves who one is',
    async () => {
      const made = await run('init', VAULT);
      const backup = await run('backup', card, '--vault', VAULT);
      faultOf = () => 403;
      const refused = await run('check', '--vault', VAULT);
      expect(refused.exit).not.toBe(0);
      expect(refused.stderr).toMatch(/You may not read .*look at this computer's AWS credentials/);
      const texts = [made, backup, refused].flatMap(({ stdout, stderr }) => [stdout, stderr]);
      for (const key of store.keys()) {
        texts.push(Buffer.from((await store.get(key))?.bytes ?? []).toString('latin1'));
      }
      const said = [...texts, ...server.headers].join('\n');
      expect(said).toContain(KEY_ID);
      expect(said).not.toContain(SECRET);
      expect(texts.join('\n')).not.toContain(KEY_ID);
    },
    TIMEOUT_MS,
  );

  it(
    'is whole where the link breaks again and again',
    async () => {
      const faults: readonly S3Fault[] = [503, 'lose-reply', 'cut-up', 500, 'cut-down'];
      faultOf = (_, number) => (number % 5 === 2 ? (faults[number % 7] ?? null) : null);
      expect(await run('init', VAULT)).toMatchObject({ exit: 0 });
      expect(await run('backup', card, '--vault', VAULT, '--no-learn')).toMatchObject({ exit: 0 });
      faultOf = () => null;
      expect((await run('check', '--vault', VAULT, '--read-data')).exit).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'says what is wrong with an address, a bucket, and a full one',
    async () => {
      const nothing = await run('init', 's3://');
      expect(nothing.stderr).toContain('Write it as s3://bucket/folder');
      const elsewhere = await run('init', 's3://no-such-bucket/vault');
      expect(elsewhere.stderr).toContain('NoSuchBucket');
      expect((await run('backup', 's3://studio/card', '--vault', VAULT)).stderr).toContain(
        'only a vault may be in a bucket',
      );
    },
    TIMEOUT_MS,
  );
});
