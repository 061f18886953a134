import type { BackupReport } from '../../src/backup/index.ts';
import { FieldVaultError } from '../../src/base/index.ts';
import type { Disk } from '../../src/platform/index.ts';
import { type SimDisk, withDisk } from '../../src/testing/index.ts';
import { openVault, type Vault } from '../../src/vault/index.ts';
import { judge } from './judge.ts';
import { digestOf, type Scene, startProcess } from './scene.ts';
import type { Act } from './sweep.ts';

/** A fault that is planted at its n-th place. */
export interface PlantedFault {
  /** Says whether the fault has been met; once it is not, the sweep is over. */
  wasMet(): boolean;
}

/** What a sweep of faults is made of; the process goes on after the fault, and nothing is cut off. */
export interface FaultSweep {
  readonly scene: Scene;
  /** A backup's act gives its report, which must name every file that is not protected. */
  readonly act: Act;
  readonly plant: (disk: SimDisk, count: number) => PlantedFault;
  /** Codes of the errors that may end the act. */
  readonly mayFailWith: readonly string[];
  /** A disk of the act with less to say than the simulated one. */
  readonly disguise?: (disk: Disk) => Disk;
  readonly mayForget?: readonly string[];
}

/** What a sweep of faults did and found. */
export interface FaultReport {
  readonly runs: number;
  /** Acts that ended with an error, by its code. */
  readonly failed: Readonly<Record<string, number>>;
  /** Files named in issues, over all runs. */
  readonly named: number;
  readonly wrong: readonly string[];
}

const WRONG_MAX = 10;
const RUNS_MAX = 2000;

/** Plants a fault at its first, second, third ... place until it is met no more; judges after each act. */
export async function sweepFaults(sweep: FaultSweep): Promise<FaultReport> {
  const wrong: string[] = [];
  const failed: Record<string, number> = {};
  let named = 0;
  let runs = 0;
  for (let isMet = true; isMet && runs < RUNS_MAX; ) {
    runs += 1;
    const end = await runWith(sweep, runs);
    isMet = end.isMet;
    named += end.named;
    if (end.code !== '') failed[end.code] = (failed[end.code] ?? 0) + 1;
    wrong.push(...end.wrong.map((text) => `fault ${runs}: ${text}`));
    if (wrong.length >= WRONG_MAX) break;
  }
  return { runs, failed, named, wrong };
}

interface End {
  readonly isMet: boolean;
  readonly code: string;
  readonly named: number;
  readonly wrong: readonly string[];
}

async function runWith(sweep: FaultSweep, count: number): Promise<End> {
  const { scene, disguise, mayForget = [] } = sweep;
  const disk = scene.disk.clone({ seed: count });
  const plain = startProcess(disk, { number: 400, nowMs: scene.startMs });
  const world = disguise === undefined ? plain : withDisk(plain, disguise(disk));
  const fault = sweep.plant(disk, count);
  const acted: Vault[] = [];
  const wrong: string[] = [];
  let code = '';
  let named = 0;
  try {
    for (const root of scene.roots) acted.push(await openVault(world, root));
    const report = await sweep.act(world, acted as [Vault, ...Vault[]]);
    if (isBackupReport(report)) {
      named = report.issues.length;
      wrong.push(...unnamed(scene, report, acted[0]));
    }
  } catch (error) {
    code = error instanceof FieldVaultError ? error.code : String(error);
    if (!sweep.mayFailWith.includes(code)) {
      wrong.push(`the act failed: ${error instanceof Error ? error.stack : error}`);
    }
  }
  const isMet = fault.wasMet();
  if (!isMet && code !== '') wrong.push(`the act failed without a fault: ${code}`);
  disk.faults.clear();
  for (const root of scene.roots) disk.stage.setCapacity(root, null);
  const verdict = await judge({ scene, disk, acted, mayForget });
  return { isMet, code, named, wrong: [...wrong, ...verdict.wrong] };
}

function isBackupReport(report: unknown): report is BackupReport {
  return typeof report === 'object' && report !== null && 'newBlobs' in report;
}

/** Files that are neither in the snapshot with their content nor named in an issue. */
function unnamed(scene: Scene, report: BackupReport, vault: Vault | undefined): string[] {
  const named = new Set(report.issues.map((issue) => issue.path));
  const folders = report.issues
    .filter((issue) => issue.code === 'FOLDER_UNREADABLE')
    .map((issue) => `${issue.path.replace(/\/$/, '')}/`);
  const run = vault?.ledger.runs.get(report.snapshot);
  const held = new Map<string, string>();
  for (const [source, changes] of run?.changes ?? []) {
    for (const [path, entry] of changes) held.set(`${source}/${path}`, entry?.content ?? '');
  }
  const wrong: string[] = [];
  for (const [path, bytes] of scene.card) {
    const isBelowNamed = folders.some((folder) => path.startsWith(folder));
    if (named.has(path) || isBelowNamed || isKnown(scene, path, bytes)) continue;
    if (held.get(path) !== digestOf(bytes)) wrong.push(`${path} is not protected, and not named`);
  }
  return wrong;
}

/** Whether an earlier snapshot already held the file as it is now. */
function isKnown(scene: Scene, path: string, bytes: Uint8Array): boolean {
  const last = [...scene.snapshots.values()].at(-1)?.get(path);
  return last !== undefined && digestOf(last) === digestOf(bytes);
}
