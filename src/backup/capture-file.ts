import { FieldVaultError, type IssueLog, LIMITS } from '../base/index.ts';
import { isImmutable, type QuickFacts, readQuickFacts } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import {
  type PartOutcome,
  type StageOutcome,
  type Streamed,
  StreamStage,
  stageFiles,
} from '../store/index.ts';
import type { EntryRecord } from '../vault/index.ts';
import { giveUpTarget } from './run.ts';
import { FULL, READ_ONLY } from './settle.ts';
import type { Source } from './sources.ts';
import type { Target } from './target.ts';
import { publishBatchTo, TargetBatch } from './target-batch.ts';
import type { WorkItem } from './work.ts';

/** What a file being taken is, and who wants it. */
export interface Taking {
  readonly run: string;
  readonly source: Source;
  readonly targets: readonly Target[];
  readonly issues: IssueLog;
  /** Path in the source, as long as nothing is known of the content. */
  readonly path: string;
  /** The path this very file has already, once its content is known; null where it has none. */
  readonly pathOfTwin: (blob: string) => string | null;
  readonly mtimeMs: number;
  /** Room it needs, as far as the camera says. */
  readonly sizeBytes: number;
  /** What was told already: a frame that waits for room is tried again and again. */
  readonly told: Set<string>;
  /** Called once when it is kept, and whenever it ended otherwise. */
  readonly onEnd: (kept: CapturedFrame | null) => void;
}

/** A file that was kept, with what its first bytes say. */
export interface CapturedFrame {
  /** Path in the source. */
  readonly path: string;
  readonly source: string;
  readonly blob: string;
  readonly sizeBytes: number;
  /** On how many of the vaults it is durable. */
  readonly copies: number;
  /** The content was there before, and was not stored again. */
  readonly isKnown: boolean;
  readonly facts: QuickFacts | null;
}

/** A file that could not be kept anywhere; it may be taken again. */
export interface NotTaken {
  readonly state: 'not-kept';
  readonly why: string;
  readonly isFull: boolean;
}

/** More of a picture is not asked for its quick facts. */
const HEAD_BYTES_MAX = 262_144;
/** Permissions of a file that comes from no file system. */
const MODE = 0o644;

/** One file on its way from a camera into every vault. */
export class CaptureFile {
  readonly #world: World;
  readonly #taking: Taking;
  /** By target, in order: its unfinished file; null where it gets none. */
  #parts: (string | null)[] = [];
  #stage: StreamStage | null = null;
  #head: Uint8Array = new Uint8Array(0);
  #isEnded = false;
  #path: string;

  constructor(world: World, taking: Taking) {
    this.#world = world;
    this.#taking = taking;
    this.#path = taking.path;
  }

  /** Makes room and the unfinished files; throws FieldVaultError TARGET_FULL where no vault has room. */
  async open(): Promise<void> {
    const { targets, sizeBytes } = this.#taking;
    for (const target of targets) await target.measure(this.#world);
    this.#parts = targets.map((target) => {
      if (target.isLost) return null;
      if (target.reserve(sizeBytes) === 'yes') return target.writer.partPath();
      this.#tellFull(target);
      return null;
    });
    if (this.#parts.every((part) => part === null)) {
      this.#end(null);
      throw this.#noRoom();
    }
    this.#stage = await StreamStage.open(this.#world.disk, this.#parts);
  }

  /** Whether some vault still takes its bytes. */
  get isTaking(): boolean {
    return this.#stage?.isAlive === true;
  }

  /** Appends bytes to every vault's copy. */
  async write(bytes: Uint8Array): Promise<void> {
    const missing = HEAD_BYTES_MAX - this.#head.length;
    if (missing > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
    await this.#stage?.write(bytes);
  }

  /** Takes the file through the rest of the order of writes. */
  async commit(): Promise<(CapturedFrame & { readonly state: 'kept' }) | NotTaken> {
    const streamed = await this.#stage?.finish();
    if (streamed === undefined) throw new TypeError('a file that was not opened cannot be kept');
    try {
      const { facts } = readQuickFacts(this.#taking.path, this.#head);
      this.#head = new Uint8Array(0);
      // A camera may offer a frame from its memory that it gave from its card: that is one file, and not two.
      this.#path = this.#taking.pathOfTwin(streamed.blob) ?? this.#path;
      const parts = await this.#judge(streamed);
      const isKnown = this.#taking.targets.some(({ vault }) => vault.ledger.holds(streamed.blob));
      const copies = await this.#publish(streamed, parts, facts);
      const failed = streamed.parts.find((part) => part.state === 'failed');
      if (copies === 0) {
        this.#end(null);
        const why = failed?.state === 'failed' ? failed.failure.message : 'no vault took it';
        const isFull = failed?.state === 'failed' && FULL.has(failed.failure.code);
        return { state: 'not-kept', why, isFull };
      }
      const path = this.#path;
      const { source } = this.#taking;
      const { blob, sizeBytes } = streamed;
      const frame = { path, source: source.name, blob, sizeBytes, copies, isKnown, facts };
      this.#end(frame);
      return { state: 'kept', ...frame };
    } catch (error) {
      this.#end(null);
      throw error;
    }
  }

  /** Removes what was taken so far. Never fails. */
  async abandon(): Promise<void> {
    if (this.#isEnded) return;
    await this.#stage?.abandon();
    this.#end(null);
  }

  #end(kept: CapturedFrame | null): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { targets, sizeBytes, onEnd } = this.#taking;
    for (const [index, target] of targets.entries()) {
      if (this.#parts[index] !== null && this.#parts[index] !== undefined)
        target.release(sizeBytes);
    }
    onEnd(kept);
  }

  /** Tells what failed, tries again from a copy that is right, and returns the outcome of each target. */
  async #judge(streamed: Streamed): Promise<readonly PartOutcome[]> {
    const parts = [...streamed.parts];
    const good = parts.findIndex(({ state }) => state === 'verified');
    for (const [index, target] of this.#taking.targets.entries()) {
      const part = parts[index];
      if (part?.state !== 'failed') continue;
      const { code, message } = part.failure;
      const root = await this.#world.disk.stat(target.vault.root).catch(() => null);
      if (root === null || READ_ONLY.has(code)) {
        const error = Object.assign(new Error(message), { code });
        await giveUpTarget(this.#taking, target, error);
      } else if (FULL.has(code)) this.#tellFull(target);
      else if (good >= 0) {
        parts[index] = await this.#copyAgain(target, this.#parts[good] ?? '', index);
      }
    }
    return parts;
  }

  /** Writes one vault's copy anew from another one's, which was read back right. */
  async #copyAgain(target: Target, source: string, index: number): Promise<PartOutcome> {
    let last: PartOutcome = { state: 'none' };
    for (let tries = 1; tries < LIMITS.writeTriesMax; tries += 1) {
      const path = target.writer.partPath();
      const [outcome] = await stageFiles(this.#world.disk, [{ source, parts: [path] }]);
      last = outcome?.state === 'read' ? (outcome.parts[0] ?? last) : last;
      if (last.state !== 'verified') continue;
      this.#parts[index] = path;
      return last;
    }
    this.#taking.issues.add(
      'WRITE_FAILED',
      this.#shownPath(),
      `The copy in ${target.vault.root} did not come back right ${LIMITS.writeTriesMax} times: this file is NOT protected there. Check the drive and its cable.`,
    );
    return last;
  }

  /** Gives the copies their names and acknowledges them; returns on how many vaults the file is. */
  async #publish(
    streamed: Streamed,
    parts: readonly PartOutcome[],
    facts: QuickFacts | null,
  ): Promise<number> {
    const { targets, mtimeMs } = this.#taking;
    const path = this.#path;
    const outcome: Extract<StageOutcome, { state: 'read' }> = {
      ...streamed,
      state: 'read',
      mtimeMs,
      mode: MODE,
      parts,
    };
    const item = this.#workItem(streamed.sizeBytes);
    const record = this.#entry(streamed);
    const again = new Set<WorkItem>();
    const settled = await Promise.allSettled(
      targets.map(async (target, index) => {
        const part = parts[index];
        const file = this.#parts[index];
        if (target.isLost || part?.state !== 'verified' || typeof file !== 'string') return;
        if (part.isWeak) target.isWeak = true;
        this.#tellChange(target, streamed);
        const batch = new TargetBatch(target);
        const day = facts?.time?.local.slice(0, 10) ?? null;
        const isOurs = target.claim(streamed.blob, batch.published);
        if (isOurs) {
          batch.publications.push({ item, outcome, part: file, day, isDirect: part.isDirect });
        }
        batch.lines.push({ item, blob: streamed.blob, record });
        await publishBatchTo(this.#world, this.#taking, batch, again);
        if (!isOurs) await this.#world.disk.removeFile(file).catch(() => {});
      }),
    );
    const failed = settled.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return targets.filter(
      (target) =>
        !target.isLost && target.known(this.#taking.source.name, path)?.content === streamed.blob,
    ).length;
  }

  #workItem(sizeBytes: number): WorkItem {
    const { source, mtimeMs } = this.#taking;
    const path = this.#path;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const found = { name, path, kind: 'file', sizeBytes, mtimeMs, mode: MODE } as const;
    return { source, found, wants: new Map(), tries: 0, mustCopy: false };
  }

  #entry({ blob, sizeBytes }: Streamed): EntryRecord {
    const { run, source, mtimeMs } = this.#taking;
    const path = this.#path;
    return {
      type: 'entry',
      run,
      source: source.name,
      path,
      kind: 'file',
      size: sizeBytes,
      mtimeUs: Math.round(mtimeMs * 1000),
      mode: MODE,
      blob,
    };
  }

  #tellChange(target: Target, { blob }: Streamed): void {
    const { source, issues } = this.#taking;
    const path = this.#path;
    const known = target.known(source.name, path);
    const isOther = known?.kind === 'file' && known.content !== blob;
    if (!isOther || !target.isPrimary || !isImmutable(path)) return;
    issues.add(
      'CAPTURE_CHANGED',
      this.#shownPath(),
      'This picture was changed since it was first protected. Both contents are kept; the new one is in this snapshot.',
    );
  }

  #tellFull(target: Target): void {
    target.isFull = true;
    const told = JSON.stringify([target.vault.root, this.#path]);
    if (this.#taking.told.has(told)) return;
    this.#taking.told.add(told);
    this.#taking.issues.add(
      'TARGET_FULL',
      this.#shownPath(),
      `${target.vault.root} has no room for this file of ${this.#taking.sizeBytes} bytes: it is NOT protected there. Free space or use another drive; the frame stays in the camera.`,
    );
  }

  #noRoom(): FieldVaultError {
    const path = this.#shownPath();
    return new FieldVaultError(
      'TARGET_FULL',
      `No vault has room for ${path}. What was protected so far is safe, and the frame stays in the camera; free space or use another drive.`,
      { details: { path }, retry: 'after-user-acts' },
    );
  }

  #shownPath(): string {
    return `${this.#taking.source.name}/${this.#path}`;
  }
}
