import { type BlobId, LIMITS } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  type BlobRecord,
  type GoneRecord,
  type JournalRecord,
  type RunId,
  type SnapshotSource,
  type TreeEntry,
  totalsOf,
  treeEntry,
  type Vault,
  VaultWriter,
} from '../vault/index.ts';
import type { Source } from './sources.ts';
import { type TargetSource, type TargetView, viewOf } from './target-view.ts';

/** One vault that a run writes to: the primary, or a mirror. */
export class Target implements TargetView {
  readonly vault: Vault;
  readonly writer: VaultWriter;
  readonly isPrimary: boolean;
  readonly sources: ReadonlyMap<string, TargetSource>;
  /** Set once a mirror is given up. */
  isLost = false;
  /** Set once a file was held back for want of space. */
  isFull = false;
  newBlobs = 0;
  bytesStored = 0;
  verified: { direct: number; cached: number } = { direct: 0, cached: 0 };
  isWeak = false;
  issueCount = 0;
  /** Contents that another batch is about to publish. */
  readonly #claims: Map<BlobId, Promise<void>> = new Map();
  /** The totals of the state as it is; null where it grew since they were counted. */
  #totals: readonly SnapshotSource[] | null = null;
  /** Bytes the drive had left when it was last asked; null where it does not say. */
  #bytesFree: number | null = null;
  /** Bytes that batches under way may still write. */
  #bytesPromised = 0;

  private constructor(
    writer: VaultWriter,
    sources: ReadonlyMap<string, TargetSource>,
    isPrimary: boolean,
  ) {
    this.vault = writer.vault;
    this.writer = writer;
    this.sources = sources;
    this.isPrimary = isPrimary;
  }

  /** Opens a writer on the vault and begins the run in its journal. */
  static async begin(
    world: World,
    vault: Vault,
    run: {
      readonly id: RunId;
      readonly time: string;
      readonly sources: readonly Source[];
      readonly isPrimary: boolean;
    },
  ): Promise<Target> {
    const writer = await VaultWriter.open(world, vault);
    const { sources } = viewOf(vault, run.sources);
    const target = new Target(writer, sources, run.isPrimary);
    const records = [...sources.values()].map((source) => source.record);
    try {
      await target.commit([
        { type: 'run', run: run.id, time: run.time, sources: records },
        ...target.#droppedPaths(run.id),
      ]);
      return target;
    } catch (error) {
      await writer.letGo();
      throw error;
    }
  }

  /**
   * Lines for paths whose content prune has dropped since their snapshot was forgotten: a state that goes on from there
   * must not claim them, and would where this run were cut off or could not read them again.
   */
  *#droppedPaths(run: RunId): Generator<GoneRecord> {
    for (const [source, { tree }] of this.sources) {
      for (const [path, entry] of tree) {
        const stored = this.vault.ledger.blobs.get(entry.content as BlobId);
        if (entry.kind !== 'file' || stored === undefined || stored.places.length > 0) continue;
        yield { type: 'gone', run, source, path };
      }
    }
  }

  /** What the vault knows of a path of a source. */
  known(source: string, path: string): TreeEntry | undefined {
    return this.sources.get(source)?.tree.get(path);
  }

  /** Makes lines durable, and the entries among them part of the growing state. */
  async commit(records: readonly JournalRecord[]): Promise<void> {
    await this.writer.commit(records);
    this.#totals = null;
    for (const record of records) {
      if (record.type === 'entry') {
        this.sources.get(record.source)?.tree.set(record.path, treeEntry(record));
      } else if (record.type === 'gone') {
        this.sources.get(record.source)?.tree.delete(record.path);
      }
    }
  }

  /**
   * Says that this batch will publish the content. False where the vault holds it or another batch is at it:
   * then {@link settled} resolves once that is decided.
   */
  claim(blob: BlobId, published: Promise<void>): boolean {
    if (this.vault.ledger.holds(blob) || this.#claims.has(blob)) return false;
    this.#claims.set(blob, published);
    return true;
  }

  /** Resolves once nobody is publishing this content any more; true where the vault then holds it. */
  async settled(blob: BlobId): Promise<boolean> {
    await this.#claims.get(blob);
    return this.vault.ledger.holds(blob);
  }

  /** Whether the vault holds the content, or a batch is about to publish it. */
  holdsOrWillHold(blob: BlobId): boolean {
    return this.vault.ledger.holds(blob) || this.#claims.has(blob);
  }

  /** Whether the content is in the vault, or among blobs about to be committed. */
  isHeldOrOurs(blob: BlobId, ours: readonly BlobRecord[]): boolean {
    return this.vault.ledger.holds(blob) || ours.some((record) => record.blob === blob);
  }

  /** Ends a claim. */
  unclaim(blob: BlobId): void {
    this.#claims.delete(blob);
  }

  /** Asks the drive how much space is left, for the reservations that follow at once. */
  async measure(world: World): Promise<void> {
    this.#bytesFree = await world.disk.freeBytes(this.vault.root).catch(() => null);
  }

  /**
   * Sets aside space for a file; give it back with {@link release}. `no`: the drive had not enough left, when it was
   * measured, for it, the journal and what the file leaves free for others (`floorBytes`). `later`: perhaps it has once the batches under way are done; until then what they
   * have written already counts twice.
   */
  reserve(sizeBytes: number, floorBytes = 0): 'yes' | 'later' | 'no' {
    const needed = this.#bytesPromised + sizeBytes + LIMITS.reserveBytes + floorBytes;
    if (this.#bytesFree !== null && this.#bytesFree < needed) {
      return this.#bytesPromised > 0 ? 'later' : 'no';
    }
    this.#bytesPromised += sizeBytes;
    return 'yes';
  }

  release(sizeBytes: number): void {
    this.#bytesPromised -= sizeBytes;
  }

  /** The sources of this run with their totals, for the snapshot line. */
  snapshotSources(): readonly SnapshotSource[] {
    this.#totals ??= [...this.sources.values()].map(({ record, tree }) => {
      return { ...record, ...totalsOf(tree) };
    });
    return this.#totals;
  }
}
