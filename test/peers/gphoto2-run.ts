import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { digestOfTaken, type RunningCamera, type TakenFile } from '../../src/testing/index.ts';

/** gphoto2 rides out a hang-up for ever: it is ended after so long. */
const RUN_MS_MAX = 60_000;
/** 4 GB take it a minute. */
const LARGE_RUN_MS_MAX = 600_000;
const LOOK_MS = 50;

/** Why gphoto2 cannot be used here; null where it can. */
export function whyNoGphoto2(): string | null {
  const { error } = spawnSync('gphoto2', ['--version']);
  return error === undefined ? null : 'no gphoto2 here';
}

/** A place for one camera's client: settings of its own, and the folder that files come into. */
export class Gphoto2 {
  readonly #root = mkdtempSync(join(tmpdir(), 'fieldvault-gphoto2-'));
  readonly #words: readonly string[];

  constructor(camera: RunningCamera) {
    mkdirSync(join(this.#root, 'files'));
    const isFuji = camera.profile === 'fuji';
    // Both ports must be given: with one alone it takes 15740 for the events.
    const ports = `${camera.port}:${camera.port + (isFuji ? 1 : 0)}`;
    const model = isFuji ? ['--camera', 'Fuji Fujifilm X-T20'] : [];
    this.#words = [...model, '--port', `ptpip:127.0.0.1:${ports}`];
  }

  /** Runs it to its end; what it said. Its exit status says nothing: it is 0 where files were lost. */
  run(...words: readonly string[]): Promise<string> {
    return this.#spawn(words, async () => {});
  }

  /**
   * Lets it wait for events while a person shoots, until so many files have come.
   * @param isReady whether it waits by now
   */
  async wait(
    isReady: () => boolean,
    shoot: () => Promise<readonly TakenFile[]>,
  ): Promise<readonly TakenFile[]> {
    let taken: readonly TakenFile[] = [];
    await this.#spawn(['--keep', '--wait-event-and-download=50s'], async (isOver) => {
      await until(() => isReady() || isOver());
      taken = await shoot();
      const wanted = taken.map(digestOfTaken);
      await until(() => isOver() || wanted.every((digest) => this.digests().includes(digest)));
    });
    return taken;
  }

  /** Digests of the files that came, sorted. */
  digests(): readonly string[] {
    const folder = join(this.#root, 'files');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    return files.map((bytes) => createHash('sha256').update(bytes).digest('hex')).sort();
  }

  /** The digest of the first file on the camera, which goes through a pipe and no disk. */
  async digestOfFirst(): Promise<string> {
    const child = this.#start(['--stdout', '--get-file', '1'], LARGE_RUN_MS_MAX);
    const hash = createHash('sha256');
    for await (const piece of child.stdout) hash.update(piece);
    return hash.digest('hex');
  }

  /** Takes its folder away. */
  clear(): void {
    rmSync(this.#root, { recursive: true });
  }

  #start(
    words: readonly string[],
    timeoutMs: number,
  ): ChildProcessByStdio<null, Readable, Readable> {
    return spawn('gphoto2', [...this.#words, ...words], {
      cwd: join(this.#root, 'files'),
      env: { PATH: process.env['PATH'], HOME: this.#root, LANG: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
  }

  /** Runs it beside an act, and interrupts it when the act is over. */
  #spawn(words: readonly string[], act: (isOver: () => boolean) => Promise<void>): Promise<string> {
    const child = this.#start(['--force-overwrite', ...words], RUN_MS_MAX);
    let said = '';
    let isOver = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => {
        said += piece.toString();
      });
    }
    const isWaiting = words.some((word) => word.includes('wait-event'));
    if (isWaiting) void act(() => isOver).then(() => child.kill('SIGINT'));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => {
        isOver = true;
        resolve(said);
      });
    });
  }
}

/** Looks again and again. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
