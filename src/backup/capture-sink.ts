import type { IssueLog } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  isSafePath,
  type JournalRecord,
  type SnapshotRecord,
  type TreeEntry,
  type Vault,
} from '../vault/index.ts';
import { type CapturedFrame, CaptureFile } from './capture-file.ts';
import { type CapturedFacts, CapturedPaths } from './captured-paths.ts';
import type { MirrorReport } from './report.ts';
import { giveUpTarget } from './run.ts';
import type { Source } from './sources.ts';
import { HEADS_TASK } from './stage-task.ts';
import { Target } from './target.ts';

/** A file to be taken, as a camera tells of it. */
export interface Incoming {
  readonly name: string;
  readonly folder: string;
  readonly sizeBytes: number | null;
  readonly capturedLocal: string | null;
  readonly mtimeMs?: number;
}

/** What frames come from and go to. */
export interface CaptureSinkOptions {
  readonly source: Source;
  readonly mirrors?: readonly Vault[];
  readonly issues: IssueLog;
  /** The path a file gets in the source, where no other shot has it; may be any text. */
  readonly pathOf: (file: Incoming) => string;
  /** Told of each file that is safe, with what its first bytes say. */
  readonly onKept?: (frame: CapturedFrame) => void;
  /** True: a file of a known path is a new version of it (a folder), and no other shot (a camera). */
  readonly replaces?: boolean;
}

/** What a capture session kept. */
export interface CaptureReport {
  readonly snapshot: string;
  /** Files taken in this session. */
  readonly frames: number;
  readonly newBlobs: number;
  readonly bytesStored: number;
  readonly verified: { readonly direct: number; readonly cached: number };
  readonly isWeak: boolean;
  readonly isFull: boolean;
  readonly mirrors: readonly MirrorReport[];
}

/**
 * Writes each captured file to a vault and its mirrors at the same time, in the order of `backup`: unfinished file and
 * digest, sync, read back, name, sync, folder, journal; only then it is kept. All of a session is one run of one source.
 * Order of calls: open, any number of {@link begin}, {@link finish}.
 */
export class VaultCaptureSink {
  readonly #world: World;
  readonly #options: CaptureSinkOptions;
  readonly #run: string;
  readonly #targets: readonly Target[];
  readonly #paths: CapturedPaths;
  /** Paths of files that were begun and not kept, to be taken again under the same one. */
  readonly #spare: Map<string, string> = new Map();
  readonly #told: Set<string> = new Set();
  /** Files being taken. */
  readonly #open: Set<CaptureFile> = new Set();
  #frames = 0;

  private constructor(
    world: World,
    options: CaptureSinkOptions,
    begun: { readonly run: string; readonly targets: readonly [Target, ...Target[]] },
  ) {
    this.#world = world;
    this.#options = options;
    this.#run = begun.run;
    this.#targets = begun.targets;
    const known = begun.targets[0].sources.get(options.source.name);
    this.#paths = new CapturedPaths(known?.tree ?? new Map());
  }

  /**
   * Begins the run in every vault; a mirror that cannot be written is left out with an issue.
   * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_GONE, TARGET_FULL of the first vault
   */
  static async open(
    world: World,
    vault: Vault,
    options: CaptureSinkOptions,
  ): Promise<VaultCaptureSink> {
    const run = world.random.hex(16);
    const time = new Date(world.clock.nowMs()).toISOString();
    const begin = { id: run, time, sources: [options.source] };
    const primary = await Target.begin(world, vault, { ...begin, isPrimary: true });
    const targets: [Target, ...Target[]] = [primary];
    for (const mirror of options.mirrors ?? []) {
      try {
        targets.push(await Target.begin(world, mirror, { ...begin, isPrimary: false }));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        options.issues.add('MIRROR_LOST', mirror.root, `The mirror was not used: ${why}`);
      }
    }
    // Threads take a while to start: the first frame must not wait for them.
    for (let thread = 0; thread < world.workers.count; thread += 1) {
      world.workers.run(HEADS_TASK, { paths: [] }).catch(() => {});
    }
    return new VaultCaptureSink(world, options, { run, targets });
  }

  /** The snapshot this session makes. */
  get snapshot(): string {
    return this.#run;
  }

  /** How many vaults still take frames. */
  get vaults(): number {
    return this.#targets.filter(({ isLost }) => !isLost).length;
  }

  /** Whether the first vault has this file of this source already. */
  holds(file: Incoming): boolean {
    return this.#find(this.#factsOf(file)) !== null;
  }

  /** Begins to take a file; throws FieldVaultError TARGET_FULL where no vault has room for it. */
  async begin(file: Incoming): Promise<CaptureFile> {
    const facts = this.#factsOf(file);
    const key = JSON.stringify([facts.wanted, facts.mtimeMs]);
    const path = this.#options.replaces ? facts.wanted : this.#pathFor(key, facts);
    const taking = this.#take(path, {
      mtimeMs: facts.mtimeMs ?? this.#world.clock.nowMs(),
      sizeBytes: file.sizeBytes ?? 0,
      key,
      wanted: facts,
    });
    await taking.open();
    return taking;
  }

  /** Makes lines durable in every vault, beside the frames: what is said of them. */
  async commit(records: readonly JournalRecord[]): Promise<void> {
    for (const target of this.#targets) {
      if (target.isLost) continue;
      try {
        await target.commit(records);
      } catch (error) {
        await giveUpTarget(this.#options, target, error);
      }
    }
  }

  /**
   * Adds a small file of our own beside a frame; false where the source has one of that path, which is never replaced.
   * @param path in the source
   */
  async addBeside(path: string, bytes: Uint8Array, mtimeMs: number): Promise<boolean> {
    if (this.#entryOf(path) !== undefined) return false;
    const taking = this.#take(path, {
      ...{ mtimeMs, sizeBytes: bytes.length, key: null, wanted: null },
    });
    await taking.open();
    await taking.write(bytes);
    return (await taking.commit()).state === 'kept';
  }

  /** When a file of the source was taken, as its entry says; null where there is none. */
  mtimeOf(path: string): number | null {
    const known = this.#entryOf(path);
    return known === undefined ? null : known.mtimeUs / 1000;
  }

  #entryOf(path: string): TreeEntry | undefined {
    return this.#targets[0]?.known(this.#options.source.name, path);
  }

  /** Ends the run in every vault with a snapshot of what the source held and holds. */
  async finish(): Promise<CaptureReport> {
    const { issues } = this.#options;
    for (const taking of [...this.#open]) await taking.abandon();
    for (const target of this.#targets) {
      if (target.isLost) continue;
      if (target.writer.isWeak || target.isWeak) reportWeak(issues, target);
      await this.#end(target);
    }
    return this.#report();
  }

  /** Ends after an error: what was acknowledged stays, with a snapshot on each vault that still answers. Never fails. */
  async letGo(): Promise<void> {
    for (const taking of [...this.#open]) await taking.abandon().catch(() => {});
    for (const target of this.#targets) {
      try {
        if (!target.isLost) await this.#end(target);
      } catch {
        await target.writer.letGo();
      }
    }
  }

  #take(
    path: string,
    facts: {
      readonly mtimeMs: number;
      readonly sizeBytes: number;
      /** Null for a file of our own. */
      readonly key: string | null;
      /** What tells whether the source has it already; null for a file of our own. */
      readonly wanted: CapturedFacts | null;
    },
  ): CaptureFile {
    const { mtimeMs, sizeBytes, key, wanted } = facts;
    const taking = new CaptureFile(this.#world, {
      run: this.#run,
      source: this.#options.source,
      targets: this.#targets,
      issues: this.#options.issues,
      path,
      pathOfTwin: (blob) => {
        // Asked now, and not when it began: the other one may have been on its way.
        const known = wanted === null ? null : this.#find(wanted);
        const entry = known === null ? undefined : this.#entryOf(known);
        return entry?.content === blob ? known : null;
      },
      mtimeMs,
      sizeBytes,
      told: this.#told,
      onEnd: (kept) => {
        this.#open.delete(taking);
        if (kept !== null) this.#paths.add(kept.path, { sizeBytes: kept.sizeBytes, mtimeMs });
        if (kept !== null && key !== null) this.#options.onKept?.(kept);
        if (kept !== null && key !== null) this.#frames += 1;
        if (kept === null && key !== null) this.#spare.set(key, path);
      },
    });
    this.#open.add(taking);
    return taking;
  }

  #find(facts: CapturedFacts): string | null {
    return this.#paths.find(facts, this.#options.replaces === true);
  }

  #pathFor(key: string, facts: CapturedFacts): string {
    const spare = this.#spare.get(key);
    this.#spare.delete(key);
    return spare ?? this.#paths.claim(facts);
  }

  #factsOf(file: Incoming): CapturedFacts {
    const { name, sizeBytes, capturedLocal } = file;
    const mtimeMs = file.mtimeMs ?? this.#momentOf(capturedLocal);
    return { wanted: safePath(this.#options.pathOf(file)), name, sizeBytes, mtimeMs };
  }

  /** A camera's clock is taken for set to this machine's local time. */
  #momentOf(local: string | null): number | null {
    const asUtcMs = local === null ? Number.NaN : Date.parse(`${local}Z`);
    if (!Number.isFinite(asUtcMs)) return null;
    return asUtcMs - this.#world.clock.offsetMinutes(asUtcMs) * 60_000;
  }

  async #end(target: Target): Promise<void> {
    const { issues } = this.#options;
    const snapshot: SnapshotRecord = {
      type: 'snapshot',
      run: this.#run,
      time: new Date(this.#world.clock.nowMs()).toISOString(),
      complete: issues.troubleCount === 0,
      issues: issues.troubleCount,
      sources: target.snapshotSources(),
    };
    try {
      // Twice: one damaged line must not cost a snapshot.
      await target.writer.finish([snapshot, snapshot]);
    } catch (error) {
      await giveUpTarget({ issues }, target, error);
    }
  }

  #report(): CaptureReport {
    const [primary, ...mirrors] = this.#targets as readonly [Target, ...Target[]];
    const isClean = this.#options.issues.troubleCount === 0;
    return {
      snapshot: this.#run,
      frames: this.#frames,
      newBlobs: primary.newBlobs,
      bytesStored: primary.bytesStored,
      verified: primary.verified,
      isWeak: primary.isWeak || primary.writer.isWeak,
      isFull: primary.isFull,
      mirrors: mirrors.map(({ vault, isLost, newBlobs, bytesStored }) => ({
        path: vault.root,
        state: isLost ? 'lost' : isClean ? 'complete' : 'with-issues',
        newBlobs,
        bytesStored,
      })),
    };
  }
}

function reportWeak(issues: IssueLog, target: Target): void {
  issues.add(
    'WEAK_DURABILITY',
    target.vault.root,
    'This drive does not promise that written data is safe from a power cut. Every copy was read back and is right; eject the drive properly before you pull it.',
  );
}

/** Path parts that lead nowhere else and are no names of folders above; a camera may say anything. */
function safePath(path: string): string {
  const parts = path
    .split('/')
    .map((part) => part.replaceAll('\0', '_').trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  const safe = parts.slice(-PATH_PARTS_MAX).join('/');
  return isSafePath(safe) && safe !== '' ? safe : 'unnamed';
}

const PATH_PARTS_MAX = 32;
