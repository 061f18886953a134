import { type BlobId, LIMITS } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { writeSmallFile } from '../store/index.ts';
import { fileRecord } from './create.ts';
import { readOtherWriters } from './cut-off.ts';
import { DayFolders } from './day-folders.ts';
import { formatFacts } from './facts.ts';
import { JournalWriter, targetError } from './journal-writer.ts';
import { isLiveJournal, leasedError, liveLeases } from './leases.ts';
import { refreshVault, type Vault } from './open.ts';
import { Presence } from './presence.ts';
import {
  JOURNAL_NUMBER_MAX,
  type JournalFacts,
  type JournalName,
  listJournals,
  parseJournalName,
} from './read-journal.ts';
import type { ClosedRecord, FactsRecord, FileRecord, JournalRecord } from './records.ts';
import type { NameTail } from './stored-name.ts';
import { journalName, openRecord } from './writer-identity.ts';

/**
 * One writer at work on a vault: its journal file, its folder of unfinished files, and the names it has claimed.
 * Order of calls: open, then any number of {@link partPath}, {@link claimPlace} and {@link commit}, then {@link finish}
 * or {@link abandon}.
 */
export class VaultWriter {
  readonly vault: Vault;
  /** 16 hex digits, unique to this writer. */
  readonly id: string;
  readonly #world: World;
  readonly #journal: JournalWriter;
  readonly #presence: Presence;
  readonly #number: number;
  readonly #folders: DayFolders;
  readonly #endHeartbeat: () => void;
  #parts = 0;

  private constructor(world: World, vault: Vault, pen: Pen) {
    const { journal, writer } = pen;
    this.vault = vault;
    this.id = writer;
    this.#world = world;
    this.#journal = journal;
    this.#presence = pen.presence;
    this.#folders = new DayFolders(world, vault, writer);
    this.#number = parseJournalName(journal.name)?.number ?? 0;
    // A long file must not make others think that nobody is here any more.
    this.#endHeartbeat = world.clock.every(LIMITS.heartbeatMs, () => {
      const time = new Date(world.clock.nowMs()).toISOString();
      this.commit([{ type: 'alive', time }]).catch(() => {});
    });
  }

  /**
   * Opens a journal file of its own, closes those of writers that were cut off, and clears their unfinished files.
   * @param options.act what is done; `backup` gives way to a live lease
   * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
   */
  static async open(
    world: World,
    vault: Vault,
    options: { readonly isExclusive?: boolean } = {},
  ): Promise<VaultWriter> {
    for (let tries = 1; tries <= OPEN_TRIES_MAX; tries += 1) {
      const writer = await VaultWriter.#openOnce(world, vault, options);
      if (writer !== null) return writer;
    }
    throw leasedError({ act: 'backup', host: 'this or another machine' });
  }

  /** Null where somebody came and went meanwhile: their lines would be read after this writer's, which build on them. */
  static async #openOnce(
    world: World,
    vault: Vault,
    options: { readonly isExclusive?: boolean },
  ): Promise<VaultWriter | null> {
    const others = await VaultWriter.#listOthers(world, vault);
    const writer = await VaultWriter.#create(world, vault, others);
    try {
      for (const folder of ['originals', 'leases', `incoming/${writer.id}`]) {
        await writer.#folders.ensure(folder);
      }
      const lease = options.isExclusive ? undefined : (await liveLeases(world, vault.root))[0];
      if (lease !== undefined) throw leasedError(lease);
      // From here on nobody prunes; what was pruned before must be known. Listed again: who pruned between the first look
      // and this writer's journal file did not see it, and has sealed its own since.
      const now = await VaultWriter.#listOthers(world, vault);
      if (isOutdated(vault, writer.#withoutOwn(now))) await refreshVault(world, vault);
      if (writer.isOvertaken(vault)) {
        await writer.abandon();
        return null;
      }
      await writer.#closeCutOff();
      return writer;
    } catch (error) {
      await writer.letGo();
      throw targetError(error, vault.root);
    }
  }

  /** The journal files that are there, which is not what was there when the vault was opened. */
  static async #listOthers(world: World, vault: Vault): Promise<JournalName[]> {
    const folder = `${vault.root}/journal`;
    try {
      const others = await listJournals(world.disk, folder);
      // A number that was seen must not be lost with the power while the one after it stays: a gap means damage.
      await world.disk.syncFolder(folder);
      return others;
    } catch (error) {
      throw targetError(error, vault.root);
    }
  }

  static async #create(
    world: World,
    vault: Vault,
    others: readonly JournalName[],
  ): Promise<VaultWriter> {
    const { clock, random } = world;
    const id = random.hex(16);
    const folder = `${vault.root}/journal`;
    const number = nextNumber(others);
    const name = journalName({ number, nowMs: clock.nowMs(), writer: id });
    const { id: of, label } = vault.identity;
    const first = openRecord(world, { writer: id, vault: of, label });
    const journal = await JournalWriter.create(world.disk, folder, name, first);
    const presence = new Presence(world, folder, [...others.map((other) => other.name), name]);
    return new VaultWriter(world, vault, { journal, writer: id, presence });
  }

  /**
   * Whether a writer that has ended has a journal file that is read after this one's: what is said here about what was
   * said there would be undone.
   * @param vault as it was read after this writer's journal file was there
   */
  isOvertaken(vault: Vault): boolean {
    return vault.journals.some(
      (journal) =>
        journal.name !== this.#journal.name &&
        journal.number >= this.#number &&
        journal.number < JOURNAL_NUMBER_MAX &&
        !isLiveJournal(this.#world, vault.ledger, journal),
    );
  }

  #withoutOwn(journals: readonly JournalName[]): JournalName[] {
    return journals.filter(({ name }) => name !== this.#journal.name);
  }

  /** Whether the system would not promise that journal lines are durable. */
  get isWeak(): boolean {
    return this.#journal.isWeak;
  }

  /** The absolute path of a new unfinished file. */
  partPath(): string {
    this.#parts += 1;
    return `${this.#incoming}/${this.#parts}.part`;
  }

  /** The absolute folder of this writer's unfinished files. */
  get #incoming(): string {
    return `${this.vault.root}/incoming/${this.id}`;
  }

  /** Folders whose entries must be synced when a place in `folder` was filled from an unfinished file. */
  foldersToSync(folder: string): readonly string[] {
    return [`${this.vault.root}/${folder}`, this.#incoming];
  }

  /**
   * Chooses a free place for a blob and makes its folder durable.
   * @param day `YYYY-MM-DD`
   * @param tail what the name ends with where it is no verbatim file
   * @returns the place, relative to the vault
   */
  claimPlace(sourceName: string, blob: BlobId, day: string, tail?: NameTail): Promise<string> {
    return this.#folders.claim(sourceName, blob, day, tail);
  }

  /** Makes the lines durable in the journal; then they are the vault's state. */
  async commit(records: readonly JournalRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#presence.confirm();
    await this.#journal.commit(records);
    for (const record of records) this.vault.ledger.apply(record);
  }

  /** Lists new files in `SHA256SUMS`, writes the last lines, seals the journal. */
  async finish(lastRecords: readonly JournalRecord[]): Promise<void> {
    const { ledger } = this.vault;
    for (const [folder, files] of ledger.unlisted()) {
      if (!(await this.#folders.isOurs(folder))) continue;
      // A folder that a bad drive lost must not cost the snapshot; the next writer lists what is still unlisted.
      const record = await this.writeSums(folder, files).catch(() => null);
      if (record !== null) await this.commit([record]);
    }
    await this.commit(lastRecords);
    await this.abandon();
  }

  /** Seals the journal without more: everything committed stays, nothing else is claimed. */
  async abandon(): Promise<void> {
    this.#endHeartbeat();
    await this.#journal.seal();
    await clearFolder(this.#world, this.#incoming);
  }

  /** Ends after an error: seals the journal where it can still be written, else leaves it cut off. Never fails. */
  async letGo(): Promise<void> {
    try {
      await this.abandon();
    } catch {
      await this.#journal.close().catch(() => {});
    }
  }

  /**
   * Writes a `SHA256SUMS` file for these stored files of a folder, under a free name of this writer.
   * @param files name to digest as stored
   * @returns its record, not yet committed
   */
  async writeSums(folder: string, files: ReadonlyMap<string, BlobId>): Promise<JournalRecord> {
    const lines = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
    const bytes = new TextEncoder().encode(lines.map(([name, id]) => `${id}  ${name}\n`).join(''));
    const number = String(this.#number).padStart(6, '0');
    return this.#writeNew(folder, { stem: `SHA256SUMS-${number}`, extension: '.txt' }, bytes);
  }

  /**
   * Writes a file of facts under a new name; they hold once its record is committed.
   * @param holds what kind of facts; part of the file name
   * @param facts one or more values for each blob; all that this file says of a blob replaces what others said
   * @returns its record, not yet committed
   */
  async writeFacts(
    holds: string,
    version: number,
    facts: readonly (readonly [BlobId, unknown])[],
  ): Promise<FactsRecord> {
    const stem = this.#journal.name.replace(/\.jsonl$/, '');
    const name = { stem, extension: `.${holds}.jsonl.gz` };
    const file = await this.#writeNew('facts', name, formatFacts(facts));
    const blobs = [...new Set(facts.map(([blob]) => blob.slice(0, 16)))];
    return { ...file, type: 'facts', holds, version, blobs };
  }

  /** Makes bytes durable as a file of the vault under the first free name. */
  async #writeNew(
    folder: string,
    { stem, extension }: { readonly stem: string; readonly extension: string },
    bytes: Uint8Array,
  ): Promise<FileRecord> {
    await this.#folders.ensure(folder);
    for (let ordinal = 1; ; ordinal += 1) {
      const at = `${folder}/${stem}${ordinal > 1 ? `-${ordinal}` : ''}${extension}`;
      const target = `${this.vault.root}/${at}`;
      if (await writeSmallFile(this.#world.disk, this.partPath(), target, bytes)) {
        return fileRecord(at, bytes);
      }
    }
  }

  /** Closes journal files of writers that are no more, and clears what they left in `incoming/`. */
  async #closeCutOff(): Promise<void> {
    const { root } = this.vault;
    const { cutOff, ended } = await readOtherWriters(this.#world, this.vault, this.id);
    await this.commit(
      cutOff.map(
        (journal): ClosedRecord => ({
          type: 'closed',
          journal: journal.name,
          bytes: journal.wholeBytes,
          sha256: journal.sha256,
        }),
      ),
    );
    for (const entry of await this.#world.disk.listFolder(`${root}/incoming`)) {
      if (ended.has(entry.name)) await clearFolder(this.#world, `${root}/incoming/${entry.name}`);
    }
  }
}

/** Others may come and go between two looks; nobody is so often overtaken. */
const OPEN_TRIES_MAX = 5;

/** Whether others wrote since the vault was opened, or were still writing then. */
function isOutdated(vault: Vault, others: readonly JournalName[]): boolean {
  const known = new Set([...vault.journals, ...vault.unreadable].map(({ name }) => name));
  const isOpen = ({ name, seal }: JournalFacts): boolean =>
    seal === null && !vault.ledger.closed.has(name);
  return others.some(({ name }) => !known.has(name)) || vault.journals.some(isOpen);
}

/** What a writer writes with. */
interface Pen {
  readonly journal: JournalWriter;
  readonly writer: string;
  readonly presence: Presence;
}

/** Removes unfinished files; what cannot be removed now is removed another time. */
async function clearFolder(world: World, path: string): Promise<void> {
  const { disk } = world;
  try {
    for (const entry of await disk.listFolder(path)) await disk.removeFile(`${path}/${entry.name}`);
    await disk.removeFolder(path);
  } catch {
    // Unfinished files harm nobody.
  }
}

/** One more than the highest number; one that no count of runs can reach is a stray file's. */
function nextNumber(journals: readonly JournalName[]): number {
  const numbers = journals.map(({ number }) => number).filter((one) => one < JOURNAL_NUMBER_MAX);
  return numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1;
}
