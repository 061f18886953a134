import {
  abortAtInterrupt,
  EXIT,
  type ExitCode,
  formatBytes,
  formatCount,
  type Outside,
} from '../cli/index.ts';
import {
  type CheckReport,
  check,
  createVault,
  FieldVaultError,
  openVault,
  type TetherReport,
  tether,
  type World,
} from '../index.ts';
import { digestOfTaken, openSimCamera, type RunningCamera } from '../testing/index.ts';
import { removeFolderTree } from './scratch.ts';
import { Screen } from './screen.ts';

/** What the demo is told. */
export interface TetherDemoOptions {
  /** Absolute path of a new empty folder that is the demo's own. */
  readonly scratch: string;
  /** Shots of each of the two bursts; 12 where left out. */
  readonly shots?: number;
  /** Of the simulated sensor; 6 where left out. */
  readonly megapixels?: number;
}

/** The demo at work. */
interface Demo {
  readonly world: World;
  readonly screen: Screen;
  readonly camera: RunningCamera;
  /** Folders of the two vaults. */
  readonly roots: readonly [string, string];
  readonly signal: AbortSignal;
  readonly shots: number;
}

const SHOTS = 12;
const MEGAPIXELS = 6;
const FRAMES_PER_SECOND = 10;
/** Nothing here takes so long; a demo that hangs says so. */
const PATIENCE_MS = 120_000;

/**
 * Starts a simulated camera, shoots bursts of RAW and JPEG, pulls the cable in the middle, and proves that every frame is
 * on two vaults, byte for byte.
 * @returns the exit code
 */
export async function runTetherDemo(
  world: World,
  outside: Outside,
  options: TetherDemoOptions,
): Promise<ExitCode> {
  const { scratch, shots = SHOTS, megapixels = MEGAPIXELS } = options;
  const screen = new Screen(outside.stdout);
  const abort = new AbortController();
  const off = abortAtInterrupt(abort, outside, world);
  const roots = [`${scratch}/vault`, `${scratch}/mirror`] as const;
  try {
    screen.title('FieldVault: tethered to a simulated camera whose cable is pulled');
    await using camera = await openSimCamera(world.clock, { pairs: true, megapixels });
    const demo: Demo = { world, screen, camera, roots, signal: abort.signal, shots };
    const report = await shoot(demo);
    const isProven = await prove(demo, report);
    if (abort.signal.aborted) return EXIT.interrupted;
    if (isProven) await removeFolderTree(world, scratch);
    else screen.line(`        Everything is still in ${scratch}, to be looked into.`);
    return isProven ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (!(error instanceof FieldVaultError)) throw error;
    screen.verdict(false, error.message);
    return EXIT.failed;
  } finally {
    off();
  }
}

/** Two bursts; the cable goes in the middle of the second one. */
async function shoot(demo: Demo): Promise<TetherReport> {
  const { world, screen, camera, roots, signal, shots } = demo;
  for (const root of roots) await createVault(world, root, { label: 'FieldVault demo' });
  const [vault, mirror] = [await openVault(world, roots[0]), await openVault(world, roots[1])];
  const startMs = world.clock.monotonicMs();
  const isLate = new AbortController();
  const endPatience = world.clock.every(PATIENCE_MS, () => isLate.abort());
  let frames = 0;
  let shooting = Promise.resolve<unknown>(undefined);
  try {
    const report = await tether(world, vault, `ptpip://127.0.0.1:${camera.port}`, {
      mirrors: [mirror],
      signal: AbortSignal.any([signal, isLate.signal]),
      framesMax: 4 * shots,
      onCamera: ({ source }) => {
        screen.line(`  ${source} is connected. Two bursts of ${shots} RAW + JPEG follow.`);
        shooting = camera
          .shoot(shots, FRAMES_PER_SECOND)
          .then(() => camera.shoot(shots, FRAMES_PER_SECOND));
      },
      onFrame: ({ path, sizeBytes, times }) => {
        frames += 1;
        const time = `${Math.round(times.durableMs)} ms`.padStart(8);
        screen.line(`  ${path.padEnd(38)}${formatBytes(sizeBytes).padStart(9)}  safe after${time}`);
        if (frames === 3 * shots) camera.pullCable();
      },
      onLink: (state) =>
        screen.line(state === 'lost' ? '  --- the cable is pulled ---' : '  --- it is back ---'),
    });
    await shooting;
    const durationMs = world.clock.monotonicMs() - startMs;
    const text = `${formatCount(report.taken, 'file')}, each on ${formatCount(2, 'vault')}, read back`;
    const isGood = report.taken === camera.taken.length;
    screen.line();
    screen.step({ name: 'Tether', text, durationMs, bytes: report.bytesRead, isGood });
    return report;
  } finally {
    endPatience();
  }
}

/** Whether both vaults hold every byte of every frame, read again from their drives. */
async function prove(demo: Demo, report: TetherReport): Promise<boolean> {
  const { world, screen, camera, roots, signal } = demo;
  const digests = camera.taken.map(digestOfTaken);
  let isWhole = report.mirrors.every(({ state }) => state === 'complete') && report.left === 0;
  for (const root of roots) {
    const vault = await openVault(world, root);
    const startMs = world.clock.monotonicMs();
    const checked: CheckReport = await check(world, vault, { readData: true, signal });
    const held = new Set<string>(vault.ledger.blobs.keys());
    const there = digests.filter((digest) => held.has(digest)).length;
    const isGood = checked.damaged === 0 && checked.isWhole && there === digests.length;
    isWhole &&= isGood;
    screen.step({
      name: 'Check',
      text: `${there} of ${digests.length} files of the camera are in ${root.slice(root.lastIndexOf('/') + 1)}, every byte right`,
      durationMs: world.clock.monotonicMs() - startMs,
      bytes: checked.bytesRead,
      isGood,
    });
  }
  tellTimings(demo, report);
  const links = formatCount(report.reconnects, 'broken link');
  const verdict = isWhole
    ? `Every frame is on both vaults after ${links}; ${formatCount(report.resumed, 'cut transfer')} went on where it was cut; nothing was removed from the camera.`
    : `NOT every frame is on both vaults: ${report.taken} of ${digests.length} were taken.`;
  screen.verdict(isWhole && camera.deletes === 0, verdict);
  return isWhole && camera.deletes === 0;
}

function tellTimings({ screen }: Demo, { timings }: TetherReport): void {
  const rows = [
    ['from the word of the camera until safe', timings.durableMs],
    ['  of it the transfer', timings.transferMs],
    ['  of it until durable and read back', timings.settledMs],
    ['the camera waited for us between files', timings.gapMs],
  ] as const;
  screen.line();
  for (const [text, { median, p99, max }] of rows) {
    const times = `${median} ms for half, ${p99} ms for 99 of 100, ${max} ms at most`;
    screen.line(`  ${text.padEnd(40)}${times}`);
  }
}
