import { type Issue, LIMITS } from '../../src/base/index.ts';
import {
  openVault,
  type TetherOptions,
  type TetherReport,
  tetherWith,
  type Vault,
  type World,
} from '../../src/index.ts';
import type { MemoryCamera, MemoryFile, SimClock } from '../../src/testing/index.ts';
import type { FieldKit } from './field-kit.ts';

/** A session under way in a simulated world. */
export interface Session {
  readonly issues: readonly Issue[];
  /** `<source>/<path>` of the files that are safe, in that order. */
  readonly safe: readonly string[];
  /** Time passes until so many files are safe. */
  until(files: number): Promise<void>;
  /** Time passes until something holds. */
  when(holds: () => boolean): Promise<void>;
  /** The photographer ends the session. */
  end(): Promise<TetherReport>;
  /** Time passes until it ends by itself. */
  ended(): Promise<TetherReport>;
}

/** What a session with a camera in memory is called in a vault. */
export const SOURCE = 'Memory Camera';

/** One file of a frame. */
export function frame(
  number: number,
  extension = 'CR3',
  more: Partial<MemoryFile> = {},
): MemoryFile {
  const name = `IMG_${String(number).padStart(4, '0')}.${extension}`;
  const capturedLocal = `2026-11-22T10:00:${String(number % 60).padStart(2, '0')}`;
  const bytes = new TextEncoder().encode(`${extension} of frame ${number}`.repeat(3));
  return { name, bytes, capturedLocal, ...more };
}

/** A frame larger than one read. */
export function large(number: number, reads = 3): MemoryFile {
  const bytes = new Uint8Array(reads * LIMITS.captureReadBytes - 1000).fill(number);
  return frame(number, 'CR3', { bytes });
}

/** Its path in the vault. */
export function path(file: MemoryFile): string {
  return `${SOURCE}/DCIM/100SIMUL/${file.name}`;
}

/** What a vault gives back of the newest session, as text by path. */
export async function given(
  kit: FieldKit,
  vault?: string,
): Promise<Readonly<Record<string, string>>> {
  const { files } = await kit.restore('latest', vault === undefined ? {} : { vault });
  return files;
}

/** Its content. */
export function textOf({ bytes }: MemoryFile): string {
  return new TextDecoder().decode(bytes);
}

/** Tasks of workers are imported when they are first asked for, in real time: a busy machine takes many turns for that. */
const TURNS_MAX = 1_000_000;

/** Lets everything that can go on go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time passes on a simulated clock until a promise is settled. */
export async function passTime<T>(clock: SimClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  for (let turns = 0; !isSettled && turns < TURNS_MAX; turns += 1) {
    await turn();
    if (!isSettled) clock.advance(250);
  }
  if (!isSettled) throw new Error('it does not come to its end');
  return settled;
}

/** Begins a session with a camera in memory. */
export async function begin(
  world: World & { readonly clock: SimClock },
  camera: MemoryCamera,
  options: Omit<TetherOptions, 'signal' | 'onFrame' | 'onIssue' | 'mirrors'> & {
    readonly vault?: string;
    readonly mirrors?: readonly string[];
  } = {},
): Promise<Session> {
  const { vault: root = '/drive/vault', mirrors: roots = [], ...more } = options;
  const vault: Vault = await openVault(world, root);
  const mirrors = await Promise.all(roots.map((one) => openVault(world, one)));
  const issues: Issue[] = [];
  const safe: string[] = [];
  const abort = new AbortController();
  const session = tetherWith(world, vault, () => camera.open(), {
    ...more,
    mirrors,
    signal: abort.signal,
    onFrame: ({ path }) => safe.push(path),
    onIssue: (issue) => issues.push(issue),
  });
  let isOver = false;
  session
    .catch(() => {})
    .finally(() => {
      isOver = true;
    });
  const when = async (holds: () => boolean): Promise<void> => {
    for (let turns = 0; !holds() && !isOver && turns < TURNS_MAX; turns += 1) {
      await turn();
      if (!holds()) world.clock.advance(250);
    }
    // What ended it is told, and not that the rest did not come.
    if (isOver && !holds()) await session;
    if (!holds()) throw new Error(`it does not come about: ${JSON.stringify({ safe, issues })}`);
  };
  return {
    issues,
    safe,
    when,
    until: (files) => when(() => safe.length >= files),
    end: () => {
      abort.abort();
      return passTime(world.clock, session);
    },
    ended: () => passTime(world.clock, session),
  };
}
