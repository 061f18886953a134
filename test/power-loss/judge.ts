import { backup, prune, restore } from '../../src/backup/index.ts';
import { equalBytes } from '../../src/base/index.ts';
import type { World } from '../../src/platform/index.ts';
import type { SimDisk } from '../../src/testing/index.ts';
import {
  check,
  listSnapshots,
  openVault,
  type Run,
  type SnapshotSummary,
  type Vault,
} from '../../src/vault/index.ts';
import { type Contents, type Scene, startProcess } from './scene.ts';

/** A vault as the process that was cut off knew it: its ledger holds what was acknowledged, and nothing else. */
export type Acted = Vault;

/** What is looked at after a cut. */
export interface Case {
  readonly scene: Scene;
  readonly disk: SimDisk;
  /** The vaults as the act knew them when it ended. */
  readonly acted: readonly Acted[];
  /** Snapshots that the act was told to forget: there wholly, or forgotten wholly. */
  readonly mayForget: readonly string[];
}

/** What a judge saw: what is wrong, and how many acknowledged files were compared byte by byte. */
export interface Verdict {
  readonly wrong: readonly string[];
  readonly acknowledged: number;
}

const HOUR_MS = 3_600_000;

/**
 * Starts the program again and looks at everything that must hold: the vault opens and checks clean, every
 * acknowledged file and every earlier snapshot comes back exactly, a new run completes, prune leaves nothing over.
 */
export async function judge(situation: Case): Promise<Verdict> {
  const judging = new Judging(situation);
  for (const step of [judging.look, judging.runAgain, judging.tidyUp]) {
    try {
      await step.call(judging);
    } catch (error) {
      judging.wrong.push(`${step.name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return { wrong: judging.wrong, acknowledged: judging.acknowledged };
}

class Judging {
  readonly wrong: string[] = [];
  acknowledged = 0;
  readonly #case: Case;
  /** Stored files (absolute) that were damaged before the act and that it had not mended yet. */
  readonly #mayBeDamaged: readonly string[];
  #lives = 0;
  #restores = 0;

  constructor(situation: Case) {
    this.#case = situation;
    this.#mayBeDamaged = situation.scene.damaged.filter(
      (path) => !situation.acted.some((vault) => isMended(vault, path)),
    );
  }

  /** Nothing acknowledged is gone, nothing is damaged. */
  async look(): Promise<void> {
    const world = this.#process();
    for (const [index, root] of this.#case.scene.roots.entries()) {
      const vault = await openVault(world, root);
      await this.#mustBeClean(world, vault);
      await this.#mustHoldSnapshots(world, vault, this.#case.acted[index]);
      const acted = this.#case.acted[index];
      if (acted !== undefined) await this.#mustHoldAcknowledged(world, vault, acted);
    }
  }

  /** A new run completes, and the card is protected whole. */
  async runAgain(): Promise<void> {
    const world = this.#process();
    const { roots, card } = this.#case.scene;
    const [vault, ...mirrors] = await Promise.all(roots.map((root) => openVault(world, root)));
    if (vault === undefined) return;
    const report = await backup(world, vault, ['/card'], { mirrors });
    if (report.issueCount > 0) {
      this.wrong.push(`the next run has issues: ${JSON.stringify(report.issues)}`);
    }
    for (const root of roots) {
      const opened = await openVault(world, root);
      const latest = listSnapshots(opened.ledger).at(-1);
      if (latest?.id !== report.snapshot) this.wrong.push(`${root}: the new run is not the latest`);
      else await this.#mustRestore(world, opened, { snapshot: latest, contents: card });
    }
  }

  /** Prune finds what the cut left over, and takes nothing that is needed. */
  async tidyUp(): Promise<void> {
    const world = this.#process();
    for (const root of this.#case.scene.roots) {
      await prune(world, await openVault(world, root));
      const vault = await openVault(world, root);
      const { leftOver } = await this.#mustBeClean(world, vault);
      if (leftOver > 0) this.wrong.push(`${root}: prune left ${leftOver} files over`);
      await this.#mustHoldSnapshots(world, vault, undefined);
    }
  }

  #process(): World {
    this.#lives += 1;
    const { scene, disk } = this.#case;
    const nowMs = scene.startMs + this.#lives * HOUR_MS;
    return startProcess(disk, { number: 500 + this.#lives, nowMs });
  }

  async #mustBeClean(world: World, vault: Vault): Promise<{ readonly leftOver: number }> {
    const report = await check(world, vault, { readData: true });
    const isExpected = (path: string): boolean =>
      this.#mayBeDamaged.includes(`${vault.root}/${path}`);
    const issues = report.issues.filter((issue) => !isExpected(issue.path));
    if (issues.length > 0) this.wrong.push(`${vault.root}: check found ${JSON.stringify(issues)}`);
    if (!report.isWhole) this.wrong.push(`${vault.root}: check did not read everything`);
    return report;
  }

  async #mustHoldSnapshots(world: World, vault: Vault, acted: Acted | undefined): Promise<void> {
    const { scene, mayForget } = this.#case;
    const found = new Map(listSnapshots(vault.ledger).map((one) => [one.id, one] as const));
    for (const [id, contents] of scene.snapshots) {
      const snapshot = found.get(id);
      if (snapshot === undefined) {
        if (!mayForget.includes(id)) this.wrong.push(`${vault.root}: snapshot ${id} is gone`);
        continue;
      }
      if (acted?.ledger.forgotten.has(id)) {
        this.wrong.push(`${vault.root}: snapshot ${id} was forgotten and is there again`);
      }
      await this.#mustRestore(world, vault, { snapshot, contents });
    }
  }

  /** The lines that the cut-off process had acknowledged are there, and their bytes come back. */
  async #mustHoldAcknowledged(world: World, vault: Vault, acted: Acted): Promise<void> {
    for (const run of acted.ledger.runs.values()) {
      const { card, snapshots, forgotten } = this.#case.scene;
      const isOld = snapshots.has(run.id) || forgotten.has(run.id);
      if (isOld || acted.ledger.forgotten.has(run.id)) continue;
      const isComplete = run.snapshot?.complete === true;
      const contents = isComplete ? card : acknowledgedBy(run, card);
      const snapshot = listSnapshots(vault.ledger).find((one) => one.id === run.id);
      if (snapshot !== undefined) {
        await this.#mustRestore(world, vault, { snapshot, contents, mayHoldMore: true });
        if (isComplete && snapshot.state !== 'complete') {
          this.wrong.push(`${vault.root}: the complete run ${run.id} is ${snapshot.state}`);
        }
      } else if (contents.size > 0) this.wrong.push(`${vault.root}: run ${run.id} is gone`);
      this.acknowledged += contents.size;
    }
  }

  /** Restores a snapshot into a new folder and compares every byte. */
  async #mustRestore(
    world: World,
    vault: Vault,
    wanted: {
      readonly snapshot: SnapshotSummary;
      readonly contents: Contents;
      readonly mayHoldMore?: boolean;
    },
  ): Promise<void> {
    this.#restores += 1;
    const to = `/out/${this.#restores}`;
    const { snapshot, contents } = wanted;
    const report = await restore(world, vault, snapshot, { to });
    const { stage } = this.#case.disk;
    const where = `${vault.root}, snapshot ${snapshot.id}`;
    const isDamaged = this.#mayBeDamaged.length > 0;
    if (report.issueCount > 0 && !isDamaged) {
      this.wrong.push(`${where}: restore says ${JSON.stringify(report.issues)}`);
    }
    const there = new Set(stage.paths(to));
    for (const [path, bytes] of contents) {
      const found = there.has(`${to}/${path}`) ? stage.peek(`${to}/${path}`) : null;
      if (found !== null && equalBytes(found, bytes)) continue;
      if (found === null && isDamaged) continue;
      this.wrong.push(`${where}: ${path} is ${found === null ? 'missing' : 'other content'}`);
    }
    if (wanted.mayHoldMore === true) return;
    for (const path of there) {
      const relative = path.slice(to.length + 1);
      if (!contents.has(relative)) this.wrong.push(`${where}: ${relative} is there and was not`);
    }
  }
}

/** Whether the act knew the content of a damaged file, and that it stands elsewhere now. */
function isMended({ root, ledger }: Vault, path: string): boolean {
  const digits = /~([0-9a-f]{16})/.exec(path)?.[1] ?? '';
  for (const [blob, { places }] of ledger.blobs) {
    if (!path.startsWith(`${root}/`) || !blob.startsWith(digits)) continue;
    return !places.some(({ at }) => path === `${root}/${at}`);
  }
  return false;
}

function acknowledgedBy(run: Run, card: Contents): Contents {
  const contents = new Map<string, Uint8Array>();
  for (const [source, changes] of run.changes) {
    for (const [path, entry] of changes) {
      if (entry?.kind !== 'file') continue;
      const bytes = card.get(`${source}/${path}`);
      if (bytes === undefined) throw new Error(`${path} was acknowledged and never there`);
      contents.set(`${source}/${path}`, bytes);
    }
  }
  return contents;
}
