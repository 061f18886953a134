import { createHash } from 'node:crypto';
import { type BlobId, formatHex, LIMITS } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import { readChunks } from '../store/index.ts';
import { formatLine, type LineValue, parseLine } from './line.ts';
import { isKnownType, parseRecord } from './parse-record.ts';
import type { JournalRecord, OpenRecord, SealRecord } from './records.ts';

/** A journal file by its name. */
export interface JournalName {
  /** As it was given. */
  readonly name: string;
  /** As the drive lists it: some show another case. */
  readonly file: string;
  readonly number: number;
  readonly writer: string;
}

/** A line that is not what was written. */
export interface LineDamage {
  /** Line number, from 1. */
  readonly line: number;
  readonly state: 'mended' | 'lost';
}

/** What reading one journal file found. */
export interface JournalFacts extends JournalName {
  readonly open: OpenRecord | null;
  readonly seal: SealRecord | null;
  /** The seal's digest or line count does not agree with the file. */
  readonly isSealBroken: boolean;
  /** Where the last whole line ends. */
  readonly wholeBytes: number;
  /** Digest of those bytes, the seal line left out where there is one. */
  readonly sha256: BlobId;
  readonly lines: number;
  readonly damage: readonly LineDamage[];
  readonly mtimeMs: number;
  /** Newest time said by any line, in milliseconds since 1970; 0 where none says. */
  readonly newestMs: number;
}

/** Numbers from here on are no writer's: a thousand runs a day would need 2,700 years. */
export const JOURNAL_NUMBER_MAX = 1_000_000_000;

/** Reads `NNNNNN-YYYYMMDDTHHMMSSZ-<writer>.jsonl`; null where the name is something else. */
export function parseJournalName(file: string): JournalName | null {
  const match = /^(\d{6,12})-(\d{8}T\d{6}Z)-([0-9a-f]{16})\.jsonl$/i.exec(file);
  if (match === null) return null;
  const [, number = '', time = '', writer = ''] = match;
  const name = `${number}-${time.toUpperCase()}-${writer.toLowerCase()}.jsonl`;
  return { name, file, number: Number(number), writer: writer.toLowerCase() };
}

/** The journal files of a folder in reading order: number, then name. */
export async function listJournals(disk: Disk, folder: string): Promise<JournalName[]> {
  const names = (await disk.listFolder(folder))
    .filter((entry) => entry.kind === 'file')
    .map((entry) => parseJournalName(entry.name))
    .filter((name) => name !== null);
  return names.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

/** Reads one journal file and hands every record on, in order; damaged lines are counted and passed over. */
export async function readJournal(
  disk: Disk,
  folder: string,
  name: JournalName,
  onRecord: (record: JournalRecord) => void,
): Promise<JournalFacts> {
  const path = `${folder}/${name.file}`;
  const reader = new LineReader(onRecord);
  const mtimeMs = (await disk.stat(path))?.mtimeMs ?? 0;
  const file = await disk.openRead(path);
  try {
    for await (const chunk of readChunks(file)) reader.push(chunk);
  } finally {
    await file.close();
  }
  return { ...name, ...reader.finish(), mtimeMs };
}

/** Where the whole lines among the first bytes of a journal file end, and their digest. */
export async function digestStart(
  disk: Disk,
  folder: string,
  name: JournalName,
  bytesMax: number,
): Promise<Pick<JournalFacts, 'wholeBytes' | 'sha256'>> {
  const reader = new LineReader(() => {});
  const file = await disk.openRead(`${folder}/${name.file}`);
  let bytesLeft = bytesMax;
  try {
    for await (const chunk of readChunks(file)) {
      reader.push(chunk.subarray(0, bytesLeft));
      bytesLeft -= Math.min(chunk.length, bytesLeft);
      if (bytesLeft === 0) break;
    }
  } finally {
    await file.close();
  }
  return reader.finish();
}

/** Cuts bytes into lines and keeps count of what is whole. */
class LineReader {
  readonly #onRecord: (record: JournalRecord) => void;
  /** Digest of everything up to the last good line. */
  readonly #hash = createHash('sha256');
  /** Lost lines since the last good one: a torn tail if the file ends with them unsealed. */
  #lostTail: Uint8Array[] = [];
  /** Good lines that wait to be digested. */
  readonly #run: { buffer: ArrayBufferLike; start: number; end: number } = {
    buffer: NO_BYTES.buffer,
    start: 0,
    end: 0,
  };
  #carry: Uint8Array = NO_BYTES;
  #bytes = 0;
  #wholeBytes = 0;
  #lines = 0;
  #open: OpenRecord | null = null;
  #seal: { readonly record: SealRecord; readonly line: number; readonly sha256: string } | null =
    null;
  #newestMs = 0;
  #lastTime = '';
  readonly #damage: LineDamage[] = [];

  constructor(onRecord: (record: JournalRecord) => void) {
    this.#onRecord = onRecord;
  }

  push(chunk: Uint8Array): void {
    // A Buffer finds a byte several times as fast.
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(0x0a, start);
      if (end < 0) break;
      const piece = chunk.subarray(start, end + 1);
      this.#line(this.#carry.length === 0 ? piece : Buffer.concat([this.#carry, piece]));
      this.#carry = NO_BYTES;
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    this.#digestRun();
  }

  finish(): Omit<JournalFacts, keyof JournalName | 'mtimeMs'> {
    if (this.#carry.length > 0) this.#lastLine();
    const seal = this.#seal?.line === this.#lines ? this.#seal : null;
    if (this.#seal !== null) this.#digestLostTail();
    this.#digestRun();
    return {
      open: this.#open,
      seal: seal?.record ?? null,
      isSealBroken:
        seal !== null &&
        (seal.record.lines !== seal.line - 1 || seal.record.sha256 !== seal.sha256),
      wholeBytes: this.#wholeBytes,
      sha256: (seal?.sha256 ?? formatHex(this.#hash.digest())) as BlobId,
      lines: this.#lines,
      damage: this.#damage,
      newestMs: this.#newestMs,
    };
  }

  /** The rest of a chunk waits for its line feed; past the limit of a line it is only damage. */
  #keep(rest: Uint8Array): void {
    const carry = Buffer.concat([this.#carry, rest]);
    if (carry.length <= LIMITS.journalLineBytesMax) {
      this.#carry = carry;
      return;
    }
    this.#carry = NO_BYTES;
    this.#lines += 1;
    this.#lost(carry);
  }

  /** Bytes without a line feed at the end: torn off, or a line whose feed was damaged. */
  #lastLine(): void {
    const parsed = parseLine(this.#carry.subarray(0, -1));
    this.#lines += 1;
    if (parsed.state === 'lost') {
      // Behind a seal nothing was being written any more.
      if (this.#seal !== null) this.#note(this.#lines, 'lost');
      this.#lostTail.push(this.#carry);
      return;
    }
    const noted = this.#damage.length;
    this.#good(this.#carry, parsed.value, 'mended');
    // A NUL is what some drives show of a byte that power took before it was written: torn off, not damaged.
    const isTorn = parsed.state === 'whole' && this.#seal === null && this.#carry.at(-1) === 0;
    if (isTorn) this.#damage.length = noted;
  }

  #line(bytes: Uint8Array): void {
    this.#lines += 1;
    const parsed = parseLine(bytes.subarray(0, -1));
    if (parsed.state !== 'lost') {
      this.#good(bytes, parsed.value, parsed.state);
      return;
    }
    if (!this.#joined(bytes) && !this.#parted(bytes)) this.#lost(bytes);
  }

  /** A line that was cut in two because one of its characters became a line feed. */
  #joined(rest: Uint8Array): boolean {
    const start = this.#lostTail.at(-1);
    if (start === undefined) return false;
    const bytes = Buffer.concat([start, rest]);
    const parsed = parseLine(bytes.subarray(0, -1));
    if (parsed.state === 'lost') return false;
    this.#lostTail.pop();
    this.#lines -= 1;
    this.#good(bytes, parsed.value, 'mended');
    return true;
  }

  /** Two lines that became one because the line feed between them was damaged. */
  #parted(bytes: Uint8Array): boolean {
    const cut = cutOfPair(bytes);
    if (cut < 0) return false;
    const first = parseLine(bytes.subarray(0, cut));
    const second = parseLine(bytes.subarray(cut + 1, -1));
    if (first.state === 'lost' || second.state === 'lost') return false;
    this.#good(bytes.subarray(0, cut + 1), first.value, 'mended');
    this.#lines += 1;
    this.#good(bytes.subarray(cut + 1), second.value, second.state);
    return true;
  }

  #good(bytes: Uint8Array, value: LineValue, state: 'whole' | 'mended'): void {
    this.#digestLostTail();
    const record = parseRecord(value);
    if (state === 'mended') this.#note(this.#lines, state);
    else if (record === null && isKnownType(value.type)) {
      this.#note(this.#lines, 'lost');
    }
    if (record?.type === 'seal') {
      this.#digestRun();
      const sha256 = formatHex(this.#hash.copy().digest());
      this.#seal = { record, line: this.#lines, sha256 };
    }
    // What was mended counts as it was written: the seal then still tells whether anything else is wrong.
    this.#digest(state === 'mended' ? formatLine(value) : bytes);
    this.#wholeBytes = this.#bytes;
    if (record === null) return;
    if (record.type === 'open') this.#open ??= record;
    if ('time' in record && record.time !== this.#lastTime) {
      this.#lastTime = record.time;
      this.#newestMs = Math.max(this.#newestMs, Date.parse(record.time) || 0);
    }
    this.#onRecord(record);
  }

  /** A bad line that has its line feed was once whole: only what ends without one can be torn off. */
  #lost(bytes: Uint8Array): void {
    this.#note(this.#lines, 'lost');
    this.#lostTail.push(bytes.slice());
    // Kept only until it is known whether a good line follows; a long tail must not fill the memory.
    if (this.#lostTail.length > TORN_LINES_MAX) this.#digestLostTail();
  }

  /** Damage without end is still only one damaged file: what is named of it has a limit. */
  #note(line: number, state: LineDamage['state']): void {
    if (this.#damage.length < LIMITS.issuesKeptMax) this.#damage.push({ line, state });
  }

  #digestLostTail(): void {
    for (const bytes of this.#lostTail) this.#digest(bytes);
    this.#lostTail = [];
  }

  /** Lines that lie together in memory are digested in one call: one for each would cost as much as parsing them. */
  #digest(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const run = this.#run;
    if (run.buffer !== bytes.buffer || run.end !== bytes.byteOffset) {
      this.#digestRun();
      run.buffer = bytes.buffer;
      run.start = bytes.byteOffset;
    }
    run.end = bytes.byteOffset + bytes.length;
  }

  #digestRun(): void {
    const { buffer, start, end } = this.#run;
    if (end > start) this.#hash.update(new Uint8Array(buffer, start, end - start));
    this.#run.start = end;
  }
}

const TORN_LINES_MAX = 16;
const NO_BYTES = new Uint8Array(0);

/** Where the line feed between two lines was, by what stands around it; negative where nothing does. */
function cutOfPair(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const end = /,"crc":"[0-9a-f]{8}"\}(?=.\{"type":")/s.exec(text);
  return end === null ? -1 : end.index + end[0].length;
}
