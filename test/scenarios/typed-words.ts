import { type Outside, runCli } from '../../src/cli/index.ts';
import type { World } from '../../src/index.ts';
import { PROFILES, type SimWorld, simWorld } from '../../src/testing/index.ts';

/** What a command line did. */
export interface Typed {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The records of `--json`. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** The last of them. */
  readonly summary: Readonly<Record<string, unknown>>;
}

/** How the simulated terminal differs from a pipe that nobody interrupts. */
export interface TerminalOptions {
  /** Columns of the terminal that stderr goes to; left out: it goes to a pipe. */
  readonly columns?: number;
  /** Is given a function that presses Ctrl-C; it returns false where the system would end the process there and then. */
  readonly onReady?: (pressCtrlC: () => boolean) => void;
}

/** Types a command line in a simulated terminal and waits for its end. */
export async function typeWords(
  world: World,
  words: readonly string[],
  options: TerminalOptions = {},
): Promise<Typed> {
  const text = { stdout: '', stderr: '' };
  const handlers = new Set<() => void>();
  const outside: Outside = {
    stdout: {
      write: (piece) => {
        text.stdout += piece;
      },
    },
    stderr: {
      write: (piece) => {
        text.stderr += piece;
      },
      isTTY: options.columns !== undefined,
      columns: options.columns ?? 80,
    },
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    absolutePath: (path) => (path.startsWith('/') ? path : `/${path}`),
  };
  options.onReady?.(() => {
    const isTaken = handlers.size > 0;
    for (const handler of handlers) handler();
    return isTaken;
  });
  const exit = await runCli(words, outside, world);
  const records = words.includes('--json') ? parseLines(text.stdout) : [];
  return { exit, ...text, records, summary: records.at(-1) ?? {} };
}

/** The records of a text with one JSON object per line. */
export function parseLines(text: string): Readonly<Record<string, unknown>>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** A card with three pictures, a drive with an empty vault, and another drive that holds nothing. */
export async function cardAndVault(): Promise<SimWorld> {
  const world = simWorld(1);
  const { stage } = world.disk;
  stage.mount('/drive', { profile: PROFILES.ext4, capacityBytes: 100_000_000 });
  stage.mount('/other', { profile: PROFILES.exfat, capacityBytes: 100_000_000 });
  for (const name of ['A.NEF', 'A.JPG', 'B.NEF']) {
    stage.plant(`/card/DCIM/100ND850/${name}`, `the pixels of ${name}`);
  }
  stage.plant('/card/.DS_Store', 'litter');
  stage.plantLink('/card/best', 'DCIM/100ND850/A.NEF');
  await typeWords(world, ['init', '/drive/vault', '--label', 'Alps']);
  return world;
}
