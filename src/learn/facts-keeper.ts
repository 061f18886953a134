import { type BlobId, type IssueLog, LIMITS, messageOf } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { learnedOf, type Vault, VaultWriter } from '../vault/index.ts';
import { KINDS, type Kind } from './kept.ts';

/** Blobs whose facts wait for being written; more lose more time at a cut, fewer make more files. */
const WAITING_MAX: Readonly<Record<Kind, number>> = {
  look: 1024,
  full: 1024,
  record: 256,
  catalog: 1,
  preview: 64,
};

/** One vault that facts are written to. */
interface Shelf {
  readonly vault: Vault;
  readonly writer: VaultWriter;
  /** First digits of the blobs whose facts it has, by kind. */
  readonly learned: ReadonlyMap<Kind, ReadonlySet<string>>;
  readonly waiting: Map<Kind, Map<BlobId, readonly unknown[]>>;
}

/** Where trouble is told, and what room is left alone. */
export interface KeeperOptions {
  readonly issues: IssueLog;
  /** Compaction waits for the facts to make room: they may take half of what is kept for journals. */
  readonly isForRoom?: boolean;
}

/**
 * Keeps facts in one or more vaults at the same time. A vault that fails is given up with an issue: facts can be
 * learned again.
 */
export class FactsKeeper {
  readonly #world: World;
  readonly #issues: IssueLog;
  readonly #isForRoom: boolean;
  readonly #shelves: Shelf[] = [];

  private constructor(world: World, { issues, isForRoom }: KeeperOptions) {
    this.#world = world;
    this.#issues = issues;
    this.#isForRoom = isForRoom === true;
  }

  /** Opens a writer on each vault; one that is read-only, full or leased is left out with an issue. */
  static async open(
    world: World,
    vaults: readonly Vault[],
    options: KeeperOptions,
  ): Promise<FactsKeeper> {
    const keeper = new FactsKeeper(world, options);
    for (const vault of vaults) {
      try {
        const writer = await VaultWriter.open(world, vault);
        const learned = new Map(
          Object.entries(KINDS).map(([kind, version]) => [
            kind as Kind,
            learnedOf(vault.ledger, kind, version),
          ]),
        );
        keeper.#shelves.push({ vault, writer, learned, waiting: new Map() });
      } catch (error) {
        keeper.#report(vault, error);
      }
    }
    return keeper;
  }

  /** Whether there is still a vault that takes facts. */
  get isOpen(): boolean {
    return this.#shelves.length > 0;
  }

  /** Keeps facts in each vault that lacks them; they are durable once enough wait, or at the end. */
  async keep(kind: Kind, blob: BlobId, ...facts: readonly unknown[]): Promise<void> {
    for (const shelf of [...this.#shelves]) {
      if (shelf.learned.get(kind)?.has(blob.slice(0, 16)) === true) continue;
      const waiting = shelf.waiting.get(kind) ?? new Map<BlobId, readonly unknown[]>();
      shelf.waiting.set(kind, waiting.set(blob, facts));
      if (waiting.size >= WAITING_MAX[kind]) await this.#flush(shelf, kind);
    }
  }

  /** Writes what waits and ends. Never fails. */
  async close(): Promise<void> {
    for (const shelf of [...this.#shelves]) {
      for (const kind of shelf.waiting.keys()) await this.#flush(shelf, kind);
      await shelf.writer.letGo();
    }
    this.#shelves.length = 0;
  }

  async #flush(shelf: Shelf, kind: Kind): Promise<void> {
    const waiting = shelf.waiting.get(kind);
    if (waiting === undefined || waiting.size === 0) return;
    try {
      const lines = linesOf(waiting);
      const free = await this.#world.disk.freeBytes(shelf.vault.root);
      // Pictures go before facts: the last bytes of a drive are not for these.
      const freeMin = this.#isForRoom ? JOURNAL_BYTES_MIN : FREE_BYTES_MIN;
      if (free !== null && free < freeMin) throw nearlyFull();
      if (this.#isForRoom && free !== null && free < freeMin + packedBytes(lines)) {
        // A large catalog must not cost what was learned of pictures: others are smaller.
        this.#report(shelf.vault, nearlyFull());
        waiting.clear();
        return;
      }
      const record = await shelf.writer.writeFacts(kind, KINDS[kind], lines);
      await shelf.writer.commit([record]);
      waiting.clear();
    } catch (error) {
      this.#report(shelf.vault, error);
      shelf.waiting.clear();
      this.#shelves.splice(this.#shelves.indexOf(shelf), 1);
      await shelf.writer.letGo();
    }
  }

  #report(vault: Vault, error: unknown): void {
    this.#issues.add(
      'NOT_LEARNED',
      vault.root,
      `What was learned about pictures could not be kept in this vault: ${messageOf(error)}. The pictures are protected; the next backup learns again.`,
    );
  }
}

function linesOf(waiting: ReadonlyMap<BlobId, readonly unknown[]>): (readonly [BlobId, unknown])[] {
  return [...waiting].flatMap(([blob, values]) => values.map((value) => [blob, value] as const));
}

function nearlyFull(): Error {
  return new Error('the drive is nearly full');
}

/** At most so many bytes do facts take as a file: they pack to less than a fourth. */
function packedBytes(lines: readonly (readonly [BlobId, unknown])[]): number {
  return lines.reduce((sum, line) => sum + JSON.stringify(line).length, 0) / 4;
}

const FREE_BYTES_MIN = 16 * LIMITS.reserveBytes;
/** What facts that compaction waits for leave to the journal. */
const JOURNAL_BYTES_MIN = LIMITS.reserveBytes / 2;
