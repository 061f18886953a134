import type { BlobId } from '../base/index.ts';
import type {
  AcceptedLoss,
  BlobRecord,
  DamagedRecord,
  EntryRecord,
  FactsRecord,
  FileRecord,
  JournalRecord,
  MarkRecord,
  PartRecord,
  PolicyRecord,
  RunId,
  RunSource,
  SnapshotRecord,
  StoredDigest,
  SuspectRecord,
  VerifiedRecord,
} from './records.ts';
import { Replicas } from './replicas.ts';
import { splitPlace } from './stored-name.ts';

/** One place of a blob in the vault. */
export interface Place {
  readonly at: string;
  readonly form: string;
  readonly verified: 'direct' | 'cached';
  /** Length and digest of the file; left out where it is the original. */
  readonly stored?: StoredDigest;
  /** Blobs without which it cannot be decoded. */
  readonly needs?: readonly BlobId[];
  /** Files beside it that belong to it. */
  readonly parts?: readonly PartRecord[];
}

/** What the vault holds of one content. */
export interface StoredBlob {
  readonly id: BlobId;
  readonly sizeBytes: number;
  readonly head: string;
  /** In the order they were written; empty once all were dropped. */
  places: readonly Place[];
  /** When it was stored and first read back, in milliseconds since 1970. */
  readonly storedMs: number;
}

/** A stored file that stands in no SHA256SUMS yet. */
interface Unlisted {
  readonly at: string;
  readonly blob: BlobId;
  /** Digest of the file as it is stored. */
  readonly sha256: BlobId;
}

/** What one path of a source holds: a file's content, a link's text, or a folder. */
export interface TreeEntry {
  readonly kind: EntryRecord['kind'];
  readonly sizeBytes: number;
  readonly mtimeUs: number;
  readonly mode: number;
  /** Blob id of a file, text of a link, '' of a folder. */
  readonly content: string;
}

/** A run as its lines tell it. */
export interface Run {
  readonly id: RunId;
  time: string;
  /** Id of the vault that a sync brought it from. */
  from?: string;
  sources: readonly RunSource[];
  snapshot: SnapshotRecord | null;
  /** Position of the last snapshot line among all lines read; decides which is newest. */
  order: number;
  /** By source: what changed against the parent's state; null = gone. */
  readonly changes: Map<string, Map<string, TreeEntry | null>>;
}

/** The vault's state in memory, made by applying journal records in order. A cache: the journal is the truth. */
export class Ledger {
  readonly blobs: Map<BlobId, StoredBlob> = new Map();
  readonly runs: Map<RunId, Run> = new Map();
  readonly forgotten: Set<RunId> = new Set();
  /** Files that are no blobs, by place. */
  readonly files: Map<string, FileRecord> = new Map();
  /** Files of facts by place; they stand in {@link files} too. */
  readonly facts: Map<string, FactsRecord> = new Map();
  /** Stored files found wrong and not replaced since, by place. */
  readonly damaged: Map<string, DamagedRecord> = new Map();
  /** Closed journal files by name. */
  readonly closed: Map<string, { readonly bytes: number; readonly sha256: BlobId }> = new Map();
  readonly suspects: SuspectRecord[] = [];
  /** Losses of the journals that a person accepted. */
  readonly accepted: AcceptedLoss[] = [];
  /** Other vaults, and merges with them. */
  readonly replicas: Replicas = new Replicas();
  /** What persons said of frames, in order: the last word about a frame counts. */
  readonly marks: MarkRecord[] = [];
  #policy: PolicyRecord | null = null;
  /** By folder: stored files since its last SHA256SUMS, in the order they came; dropped ones still among them. */
  readonly #unlisted: Map<string, Unlisted[]> = new Map();
  /** The folder of the place before: files of one folder follow each other. */
  #lastFolder: { readonly path: string; readonly files: Unlisted[] } = { path: '', files: [] };
  /** When blobs were last read whole and right since they were stored: first 16 digits to milliseconds since 1970. */
  readonly #verifiedMs: Map<string, number> = new Map();
  /** Heads of all blobs, to guess whether a file's content may be known; made when they are first asked for. */
  #heads: Set<string> | null = null;
  readonly #sizes: Set<number> = new Set();
  /** Digests of all stored files that were no originals, dropped ones too. */
  readonly #storedDigests: Set<BlobId> = new Set();
  #order = 0;
  #last: LastChange = { id: '', source: '', changes: new Map() };
  #time: { readonly text: string; readonly ms: number } = { text: '', ms: 0 };

  apply(record: JournalRecord): void {
    this.#order += 1;
    switch (record.type) {
      case 'blob':
        this.#addPlace(record);
        break;
      case 'entry':
        this.#change(record.run, record.source, record.path, this.#treeEntry(record));
        break;
      case 'gone':
        this.#change(record.run, record.source, record.path, null);
        break;
      case 'run': {
        const run = this.#run(record.run);
        run.time = record.time;
        run.sources = record.sources;
        if (record.from !== undefined) run.from = record.from;
        break;
      }
      case 'snapshot':
        this.#snapshot(record);
        break;
      case 'suspect':
        this.suspects.push(record);
        break;
      case 'forget':
        for (const id of record.snapshots) this.forgotten.add(id);
        break;
      case 'drop':
        this.#dropPlace(record.blob, record.at);
        break;
      case 'damaged':
        this.damaged.set(record.at, record);
        break;
      case 'verified':
        this.#verified(record);
        break;
      case 'file':
        this.#addFile(record);
        break;
      case 'facts':
        this.#addFacts(record);
        break;
      case 'accepted':
        for (const loss of record.losses) this.accepted.push(loss);
        break;
      case 'policy':
        this.#policy = record;
        break;
      case 'mark':
        this.marks.push(record);
        break;
      case 'closed':
        this.closed.set(record.journal, { bytes: record.bytes, sha256: record.sha256 });
        break;
      case 'receipt':
      case 'conflict':
      case 'tombstone':
      case 'resolve':
        this.replicas.apply(record);
        break;
      case 'open':
      case 'alive':
      case 'seal':
        break;
      default:
        record satisfies never;
    }
  }

  /** How many records were applied: a number that tells two states of one vault apart. */
  get recordCount(): number {
    return this.#order;
  }

  /** The policy in force; null where none was ever set. */
  get policy(): PolicyRecord | null {
    return this.#policy;
  }

  /** Whether the content can be read from some place, as far as is known. */
  holds(blob: BlobId): boolean {
    const places = this.blobs.get(blob)?.places ?? [];
    return places.some((place) => this.isReadable(place));
  }

  /** Whether the content is held in a form that needs no other one. */
  standsAlone(blob: BlobId): boolean {
    const places = this.blobs.get(blob)?.places ?? [];
    return places.some((place) => place.needs === undefined && this.isWhole(place));
  }

  /** Whether a place is whole, and with it all that its form needs: that stands in forms that need none. */
  isReadable(place: Place): boolean {
    if (!this.isWhole(place)) return false;
    return place.needs?.every((need) => this.standsAlone(need)) !== false;
  }

  /** Whether no file of a place is known to be damaged. */
  isWhole({ at, parts }: Place): boolean {
    if (this.damaged.size === 0) return true;
    return !this.damaged.has(at) && parts?.some((part) => this.damaged.has(part.at)) !== true;
  }

  /** Stored files that stand in no SHA256SUMS yet: by folder, name to digest as stored. Folders without any are left out. */
  unlisted(): Map<string, Map<string, BlobId>> {
    const folders = new Map<string, Map<string, BlobId>>();
    for (const [folder, files] of this.#unlisted) {
      const there = files.filter(({ at, blob }) =>
        this.blobs.get(blob)?.places.some((place) => isOf(place, at)),
      );
      const names = there.map(({ at, sha256 }) => [splitPlace(at).name, sha256] as const);
      if (names.length > 0) folders.set(folder, new Map(names));
    }
    return folders;
  }

  /** When the blob was last read whole and right, in milliseconds since 1970. */
  verifiedMs(blob: BlobId): number {
    return this.#verifiedMs.get(blob.slice(0, 16)) ?? this.blobs.get(blob)?.storedMs ?? 0;
  }

  /** Whether any blob has this size: if not, the content cannot be known. */
  hasSize(sizeBytes: number): boolean {
    return this.#sizes.has(sizeBytes);
  }

  /** Whether some blob has this size and some blob this head: if so, the content is probably known. */
  hasHead(sizeBytes: number, head: string): boolean {
    if (!this.#sizes.has(sizeBytes)) return false;
    this.#heads ??= new Set([...this.blobs.values()].map((blob) => blob.head));
    return this.#heads.has(head);
  }

  #addPlace(record: BlobRecord): void {
    const place = placeOf(record);
    const stored = this.blobs.get(record.blob);
    if (stored === undefined) {
      this.blobs.set(record.blob, {
        id: record.blob,
        sizeBytes: record.size,
        head: record.head,
        places: [place],
        storedMs: this.#parseTime(record.time),
      });
    } else {
      stored.places = [...stored.places.filter((other) => other.at !== record.at), place];
    }
    this.#sizes.add(record.size);
    this.#heads?.add(record.head);
    const sha256 = record.stored?.sha256 ?? record.blob;
    this.#addStored({ at: record.at, blob: record.blob, sha256 });
    for (const { at, sha256 } of record.parts ?? []) {
      this.#addStored({ at, blob: record.blob, sha256 });
    }
  }

  #addStored(file: Unlisted): void {
    if (this.damaged.size > 0) this.damaged.delete(file.at);
    if (file.sha256 !== file.blob) this.#storedDigests.add(file.sha256);
    this.#unlistedBeside(file.at).push(file);
  }

  /** Whether some line ever named a stored file of this digest. */
  knowsDigest(sha256: BlobId): boolean {
    return this.blobs.has(sha256) || this.#storedDigests.has(sha256);
  }

  #unlistedBeside(at: string): Unlisted[] {
    const { path, files } = this.#lastFolder;
    if (at.lastIndexOf('/') === path.length && at.startsWith(path)) return files;
    const { folder } = splitPlace(at);
    const known = this.#unlisted.get(folder) ?? [];
    this.#unlisted.set(folder, known);
    this.#lastFolder = { path: folder, files: known };
    return known;
  }

  /** Lines of one batch say the same time: it is read once. */
  #parseTime(text: string): number {
    if (text !== this.#time.text) this.#time = { text, ms: Date.parse(text) || 0 };
    return this.#time.ms;
  }

  /** One text for each id, however many lines say it: ids are a fifth of what a ledger holds. */
  #treeEntry(record: EntryRecord): TreeEntry {
    const id = record.blob === undefined ? undefined : this.blobs.get(record.blob)?.id;
    return treeEntry(record, id);
  }

  #dropPlace(blob: BlobId, at: string): void {
    const stored = this.blobs.get(blob);
    if (stored !== undefined) {
      const gone = stored.places.find((place) => place.at === at);
      for (const part of gone?.parts ?? []) this.damaged.delete(part.at);
      stored.places = stored.places.filter((place) => place !== gone);
    }
    this.damaged.delete(at);
    this.files.delete(at);
    this.facts.delete(at);
  }

  #verified(record: VerifiedRecord): void {
    const timeMs = Date.parse(record.time) || 0;
    for (const digits of record.blobs) this.#verifiedMs.set(digits, timeMs);
    if (this.damaged.size === 0) return;
    const right = new Set(record.blobs);
    for (const [at, damage] of this.damaged) {
      if (right.has(damage.blob.slice(0, 16))) this.damaged.delete(at);
    }
  }

  #addFile(record: FileRecord): void {
    this.files.set(record.at, record);
    const { folder, name } = splitPlace(record.at);
    // Emptied, not deleted: it may be the folder that is filled at the moment.
    const unlisted = this.#unlisted.get(folder);
    if (unlisted !== undefined && name.startsWith('SHA256SUMS-')) unlisted.length = 0;
  }

  #addFacts(record: FactsRecord): void {
    const { at, size, sha256 } = record;
    this.#addFile({ type: 'file', at, size, sha256 });
    this.facts.set(at, record);
  }

  #run(id: RunId): Run {
    const known = this.runs.get(id);
    if (known !== undefined) return known;
    const begun = { time: '', sources: [], snapshot: null, changes: new Map() };
    const run: Run = { id, ...begun, order: this.#order };
    this.runs.set(id, run);
    return run;
  }

  #snapshot(record: SnapshotRecord): void {
    const run = this.#run(record.run);
    run.snapshot = record;
    run.sources = record.sources;
    run.order = this.#order;
    if (run.time === '') run.time = record.time;
  }

  #change(id: RunId, source: string, path: string, entry: TreeEntry | null): void {
    // Thousands of lines of one run and source follow each other: they are looked up once.
    if (id !== this.#last.id || source !== this.#last.source) {
      const { changes } = this.#run(id);
      const known = changes.get(source) ?? new Map<string, TreeEntry | null>();
      changes.set(source, known);
      this.#last = { id, source, changes: known };
    }
    this.#last.changes.set(path, entry);
  }
}

function placeOf({ at, form, verified, stored, needs, parts }: BlobRecord): Place {
  if (stored === undefined) return { at, form, verified };
  return { at, form, verified, stored, ...(needs && { needs }), ...(parts && { parts }) };
}

/** Whether a file is the place's own or one beside it. */
function isOf(place: Place, at: string): boolean {
  return place.at === at || place.parts?.some((part) => part.at === at) === true;
}

/** The run and source of the line before, with what that run changed there. */
interface LastChange {
  readonly id: RunId;
  readonly source: string;
  readonly changes: Map<string, TreeEntry | null>;
}

/** The tree entry an `entry` record sets; `content` is the same text as the record's, where another holds it already. */
export function treeEntry(record: EntryRecord, content?: string): TreeEntry {
  return {
    kind: record.kind,
    sizeBytes: record.size,
    mtimeUs: record.mtimeUs,
    mode: record.mode,
    content: content ?? record.blob ?? record.target ?? '',
  };
}
