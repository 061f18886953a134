import {
  formatBytes,
  formatCount,
  type Outside,
  type ProgressView,
  showProgress,
} from '../cli/index.ts';
import {
  type BackupReport,
  backup,
  type CheckReport,
  check,
  compact,
  createVault,
  findFrames,
  findSnapshot,
  groupBursts,
  learn,
  openVault,
  Progress,
  type RestoreReport,
  restore,
  type World,
} from '../index.ts';
import { type Comparison, compareFolders } from './compare-folders.ts';
import type { Screen } from './screen.ts';

/** The demo at work. */
export interface Demo {
  readonly world: World;
  readonly outside: Outside;
  readonly screen: Screen;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** What is protected. */
export interface Card {
  readonly root: string;
  readonly files: number;
  readonly bytes: number;
  /** Presses of the shutter; null where nobody counted. */
  readonly frames: number | null;
  /** Whether the demo made it. */
  readonly isOurs: boolean;
}

/** What the steps showed. */
export interface Proof {
  readonly vault: string;
  readonly restored: string;
  readonly first: BackupReport;
  readonly checked: CheckReport;
  readonly given: RestoreReport;
  readonly comparison: Comparison;
  /** Whether everything that was read came back, every byte, name and time. */
  readonly isWhole: boolean;
}

/** Ends the demo at Ctrl-C. */
export class DemoStopped extends Error {}

/** Goes no further after Ctrl-C. */
export function stopIfAborted({ signal }: Demo): void {
  if (signal.aborted) throw new DemoStopped('interrupted');
}

/** Protects the card twice, compacts, checks, restores, compares; each step is printed when it is done. */
export async function proveCard(demo: Demo, card: Card): Promise<Proof> {
  const vault = `${demo.scratch}/vault`;
  const restored = `${demo.scratch}/restored`;
  await createVault(demo.world, vault, { label: 'FieldVault demo' });
  const first = await protect(demo, card, vault);
  const isStill = await protectAgain(demo, card, vault);
  await learnAll(demo, vault);
  await compactAll(demo, vault);
  const checked = await checkAll(demo, vault);
  const given = await giveBack(demo, vault, restored);
  const comparison = await compare(demo, card, { restored, first, given });
  const isSame = comparison.different.length === 0 && comparison.onlyInSecond.length === 0;
  // What was left out and what could not be read was named; anything else that is missing was lost.
  const named = first.leftOut.count + first.issueCount;
  const isComplete = comparison.onlyInFirst.length <= named && given.issueCount === 0;
  const isChecked = checked.damaged === 0 && checked.isWhole;
  const isWhole = isSame && isComplete && isChecked && isStill;
  return { vault, restored, first, checked, given, comparison, isWhole };
}

async function protect(demo: Demo, card: Card, vault: string): Promise<BackupReport> {
  const { world, screen, signal } = demo;
  const progress = new Progress();
  const report = await watched(demo, progress, async () =>
    backup(world, await openVault(world, vault), [card.root], { signal, progress, learn: false }),
  );
  stopIfAborted(demo);
  const how = report.verified.cached === 0 ? 'read back from the drive itself' : 'read back';
  const size = `${formatCount(report.files, 'file')}, ${formatBytes(report.bytes)}`;
  const { durationMs, bytesRead: bytes } = report;
  const isGood = report.issueCount === 0;
  screen.step({ name: 'Protect', text: `${size}, each ${how}`, durationMs, bytes, isGood });
  for (const { code, path } of report.issues.slice(0, 5)) screen.line(`      ${code}  ${path}`);
  return report;
}

/** True where a second run found nothing new, as it must. */
async function protectAgain(demo: Demo, card: Card, vault: string): Promise<boolean> {
  const { world, screen, signal } = demo;
  const report = await backup(world, await openVault(world, vault), [card.root], {
    signal,
    learn: false,
  });
  stopIfAborted(demo);
  const isGood = report.newBlobs === 0 && report.bytesStored === 0;
  const text = isGood
    ? `nothing new in ${formatCount(report.files, 'file')}`
    : `${formatCount(report.newBlobs, 'original')} stored again`;
  screen.step({ name: 'Again', text, durationMs: report.durationMs, isGood });
  return isGood;
}

/** Looks at the pictures, as every backup does once they are safe. */
async function learnAll(demo: Demo, root: string): Promise<void> {
  const { world, screen, signal } = demo;
  const view = { phase: 'learning', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
  const report = await watched(demo, view, async () =>
    learn(world, await openVault(world, root), {
      signal,
      onProgress: (filesDone, filesTotal) => Object.assign(view, { filesDone, filesTotal }),
    }),
  );
  stopIfAborted(demo);
  const vault = await openVault(world, root);
  const groups = await groupBursts(world, vault);
  // No index is left behind on this machine for a vault that will soon be deleted.
  const passing = { ...world, cacheFolder: null };
  const { frames } = await findFrames(passing, vault, { type: 'all' });
  const series = groups.filter(({ kind }) => kind !== 'look-alikes').length;
  const text = `${formatCount(frames.length, 'frame')} known, ${formatCount(series, 'burst or bracket', 'bursts and brackets')} among them`;
  screen.step({ name: 'Learn', text, durationMs: report.durationMs, isGood: true });
  for (const { code, path } of report.issues.slice(0, 5)) screen.line(`      ${code}  ${path}`);
}

/** Recodes what the tiers allow; what follows checks and restores that. */
async function compactAll(demo: Demo, root: string): Promise<void> {
  const { world, screen, signal } = demo;
  const progress = new Progress();
  const report = await watched(demo, progress, async () =>
    // Asked for by a person who waits: also on battery.
    compact(world, await openVault(world, root), { signal, progress, onBattery: true }),
  );
  stopIfAborted(demo);
  const { blobs, bytesBefore, bytesAfter, durationMs } = report;
  const share = ((1 - bytesAfter / Math.max(1, bytesBefore)) * 100).toFixed(0);
  const sizes = `${formatBytes(bytesBefore)} in ${formatBytes(bytesAfter)}, ${share} % less`;
  const text =
    blobs === 0 ? 'nothing to gain' : `${formatCount(blobs, 'original')}: ${sizes}, all proven`;
  const isGood = report.issueCount === 0;
  screen.step({ name: 'Compact', text, durationMs, bytes: bytesBefore, isGood });
  for (const { code, path } of report.issues.slice(0, 5)) screen.line(`      ${code}  ${path}`);
}

async function checkAll(demo: Demo, root: string): Promise<CheckReport> {
  const { world, screen, signal } = demo;
  const view = { phase: 'checking', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
  const report = await watched(demo, view, async () =>
    check(world, await openVault(world, root), {
      readData: true,
      signal,
      onProgress: (bytesDone, bytesTotal) => Object.assign(view, { bytesDone, bytesTotal }),
    }),
  );
  stopIfAborted(demo);
  const isGood = report.damaged === 0 && report.isWhole;
  const text = isGood
    ? `every byte of ${formatCount(report.blobs, 'original')} read, and right`
    : `${formatCount(report.damaged, 'file is', 'files are')} damaged`;
  const { durationMs, bytesRead: bytes } = report;
  screen.step({ name: 'Check', text, durationMs, bytes, isGood });
  return report;
}

async function giveBack(demo: Demo, root: string, to: string): Promise<RestoreReport> {
  const { world, screen, signal } = demo;
  const progress = new Progress();
  const report = await watched(demo, progress, async () => {
    const vault = await openVault(world, root);
    return restore(world, vault, findSnapshot(vault, 'latest'), { to, signal, progress });
  });
  stopIfAborted(demo);
  const { durationMs, bytes, files, issueCount } = report;
  const text = `${formatCount(files, 'file')}, ${formatBytes(bytes)}, into an empty folder`;
  screen.step({ name: 'Restore', text, durationMs, bytes, isGood: issueCount === 0 });
  for (const { code, path } of report.issues.slice(0, 5)) screen.line(`      ${code}  ${path}`);
  return report;
}

async function compare(
  demo: Demo,
  card: Card,
  { restored, first, given }: Pick<Proof, 'restored' | 'first' | 'given'>,
): Promise<Comparison> {
  const { world, screen } = demo;
  const startMs = world.clock.monotonicMs();
  const bytesTotal = given.bytes;
  const view = { phase: 'Comparing', bytesDone: 0, bytesTotal, filesDone: 0, filesTotal: 0 };
  const vault = await openVault(world, `${demo.scratch}/vault`);
  const source = findSnapshot(vault, first.snapshot).sources[0]?.source ?? '';
  const comparison = await watched(demo, view, () =>
    compareFolders(world, card.root, `${restored}/${source}`, (count) => {
      stopIfAborted(demo);
      view.bytesDone += count;
    }),
  );
  const { different, onlyInSecond, sameFiles, sameBytes } = comparison;
  const wrong = [...different, ...onlyInSecond];
  const files = formatCount(sameFiles, 'file');
  const text = `${files}: every byte, name and time as on the card`;
  const durationMs = world.clock.monotonicMs() - startMs;
  screen.step({ name: 'Compare', text, durationMs, bytes: sameBytes, isGood: wrong.length === 0 });
  for (const path of wrong.slice(0, 5)) screen.line(`      NOT THE SAME  ${path}`);
  return comparison;
}

/** Runs an act with a bar while it lasts. */
export async function watched<T>(
  { world, outside }: Demo,
  view: ProgressView,
  act: () => Promise<T>,
): Promise<T> {
  const end = showProgress(world, outside.stderr, view);
  try {
    return await act();
  } finally {
    end();
  }
}
