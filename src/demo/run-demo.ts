import {
  abortAtInterrupt,
  EXIT,
  type ExitCode,
  exitOfError,
  formatBytes,
  formatCount,
  type Outside,
} from '../cli/index.ts';
import { FieldVaultError, type World } from '../index.ts';
import { type ShootPlan, writeShoot } from '../testing/index.ts';
import { closeReport } from './report.ts';
import { measureFolder, removeFolderTree } from './scratch.ts';
import { Screen } from './screen.ts';
import {
  type Card,
  type Demo,
  DemoStopped,
  type Proof,
  proveCard,
  stopIfAborted,
  watched,
} from './steps.ts';

/** What the demo is told. */
export interface DemoOptions {
  /** Absolute path of a new empty folder that is the demo's own. */
  readonly scratch: string;
  /** Absolute path of the user's folder; null: a shoot is made. It is only read. */
  readonly folder: string | null;
  /** The shoot that is made. */
  readonly shoot: ShootPlan;
}

/**
 * Runs the main job once through: protect, protect again, check every byte, restore elsewhere, compare every byte; and
 * says what came of it.
 * @returns the exit code
 */
export async function runDemo(
  world: World,
  outside: Outside,
  options: DemoOptions,
): Promise<ExitCode> {
  const screen = new Screen(outside.stdout);
  const abort = new AbortController();
  const off = abortAtInterrupt(abort, outside, world);
  const demo: Demo = { world, outside, screen, scratch: options.scratch, signal: abort.signal };
  try {
    screen.title(
      options.folder === null
        ? 'FieldVault: the main job once through, with a simulated shoot'
        : `FieldVault: the main job once through, with ${options.folder}`,
    );
    const card = await takeCard(demo, options);
    stopIfAborted(demo);
    const proof = await proveCard(demo, card);
    const exit = await closeReport(demo, card, proof);
    await cleanUp(demo, card, proof);
    return exit;
  } catch (error) {
    // Gone only where nothing is in it.
    await world.disk.removeFolder(options.scratch).catch(() => {});
    return tellError(demo, error);
  } finally {
    off();
  }
}

/** Makes the shoot, or takes the user's folder. */
async function takeCard(demo: Demo, options: DemoOptions): Promise<Card> {
  const { world, screen } = demo;
  const startMs = world.clock.monotonicMs();
  if (options.folder === null) return makeCard(demo, options.shoot);
  const root = await resolveFolder(demo, options.folder);
  const { files, bytes } = await measureFolder(world, root);
  await refuseSmallDrive(demo, bytes);
  const text = `${formatCount(files, 'file')}, ${formatBytes(bytes)}; only read, never written`;
  const durationMs = world.clock.monotonicMs() - startMs;
  screen.step({ name: 'Folder', text, durationMs, isGood: true });
  return { root, files, bytes, frames: null, isOurs: false };
}

async function makeCard(demo: Demo, shoot: ShootPlan): Promise<Card> {
  const { world, screen, scratch } = demo;
  const startMs = world.clock.monotonicMs();
  const root = `${scratch}/SIMCARD`;
  const view = {
    phase: 'Taking pictures',
    bytesDone: 0,
    bytesTotal: 0,
    filesDone: 0,
    filesTotal: shoot.frames,
    unit: 'frames',
  };
  const workers: World['workers'] = {
    count: world.workers.count,
    run: async (task, input) => {
      stopIfAborted(demo);
      const made = await world.workers.run(task, input);
      view.filesDone += 1;
      return made;
    },
    close: () => world.workers.close(),
  };
  const { files, bytes, frames } = await watched(demo, view, () =>
    writeShoot(world.disk, root, shoot, workers),
  );
  const count = `${formatCount(files.length, 'file')}, ${formatBytes(bytes)}`;
  const text = `${formatCount(frames.length, 'frame')}, RAW + JPEG: ${count}`;
  const durationMs = world.clock.monotonicMs() - startMs;
  screen.step({ name: 'Shoot', text, durationMs, isGood: true });
  return { root, files: files.length, bytes, frames: frames.length, isOurs: true };
}

async function resolveFolder({ world, scratch }: Demo, folder: string): Promise<string> {
  const facts = await world.disk.stat(folder).catch(() => null);
  if (facts === null) throw new FieldVaultError('SOURCE_MISSING', `There is nothing at ${folder}.`);
  const root = await world.disk.resolve(folder);
  if ((await world.disk.stat(root))?.kind !== 'folder') {
    throw new FieldVaultError('BAD_USAGE', `${folder} is not a folder.`);
  }
  if (`${await world.disk.resolve(scratch)}/`.startsWith(root.replace(/\/?$/, '/'))) {
    const message = `${folder} holds the scratch folder of this demo (${scratch}); name a folder inside of it.`;
    throw new FieldVaultError('BAD_USAGE', message);
  }
  return root;
}

/** The vault and the restored copy both go to the scratch folder's drive. */
async function refuseSmallDrive({ world, scratch }: Demo, bytes: number): Promise<void> {
  const needed = Math.ceil(bytes * 2.05) + 50_000_000;
  const free = await world.disk.freeBytes(scratch).catch(() => null);
  if (free === null || free >= needed) return;
  throw new FieldVaultError(
    'TARGET_FULL',
    `The demo needs ${formatBytes(needed)} in ${scratch} for a vault and a restored copy, and ${formatBytes(free)} are free. Name a smaller folder, or let TMPDIR name a larger drive. "fieldvault init" and "fieldvault backup" protect it on a drive of your choice.`,
  );
}

/** What is left is the vault, to be looked at; after a failure, everything. */
async function cleanUp({ world, screen, scratch }: Demo, card: Card, proof: Proof): Promise<void> {
  if (!proof.isWhole) {
    screen.line(`        Everything is still in ${scratch}, to be looked into.`);
    return;
  }
  await removeFolderTree(world, proof.restored);
  if (card.isOurs) await removeFolderTree(world, card.root);
  screen.line('        The restored copy was removed again. The vault may be deleted too:');
  screen.line(`        ${scratch}`);
  screen.line();
}

/** Parallel work fails with all its errors at once. */
function isStop(error: unknown): boolean {
  return error instanceof AggregateError ? error.errors.some(isStop) : error instanceof DemoStopped;
}

function tellError({ screen, scratch }: Demo, error: unknown): ExitCode {
  if (isStop(error)) {
    screen.line();
    screen.line(`Interrupted. Nothing but ${scratch} was written; it may be deleted.`);
    return EXIT.interrupted;
  }
  if (!(error instanceof FieldVaultError)) throw error;
  screen.verdict(false, error.message);
  return exitOfError(error.code);
}
