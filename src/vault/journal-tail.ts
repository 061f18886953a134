import type { Disk } from '../platform/index.ts';
import { parseLine } from './line.ts';
import { parseRecord } from './parse-record.ts';
import { listJournals } from './read-journal.ts';
import type { JournalRecord } from './records.ts';

/** The end of a vault's newest journal file. */
export interface JournalTail {
  readonly writer: string;
  /** The last lines before its seal, as far as they are whole. */
  readonly records: readonly JournalRecord[];
}

const TAIL_BYTES = 16_384;

/**
 * Reads the end of the newest journal file: what its writer said last, without reading what a vault holds.
 * @param root absolute path of the vault
 * @returns null where its writer is still at work, was cut off, or somebody else is at work
 */
export async function readJournalTail(disk: Disk, root: string): Promise<JournalTail | null> {
  const folder = `${root}/journal`;
  const journals = await listJournals(disk, folder);
  const last = journals.at(-1);
  // Two writers may share a number: which of them is the newer one, only all their lines tell.
  if (last === undefined || journals.at(-2)?.number === last.number) return null;
  const file = await disk.openRead(`${folder}/${last.file}`);
  try {
    const { sizeBytes } = await file.facts();
    const bytes = new Uint8Array(Math.min(sizeBytes, TAIL_BYTES));
    const count = await file.read(bytes, sizeBytes - bytes.length);
    const lines = splitLines(bytes.subarray(0, count));
    const records = lines.map(parseOne);
    if (records.at(-1)?.type !== 'seal') return null;
    const known = records.slice(0, -1).filter((record) => record !== null);
    return { writer: last.writer, records: known };
  } finally {
    await file.close();
  }
}

function* lineEnds(bytes: Uint8Array): Generator<readonly [number, number]> {
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    yield [start, end];
    start = end + 1;
  }
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  return [...lineEnds(bytes)].map(([start, end]) => bytes.subarray(start, end));
}

/** Null for a line that is not whole, as the first one of a tail mostly is. */
function parseOne(line: Uint8Array): JournalRecord | null {
  const parsed = parseLine(line);
  return parsed.state === 'whole' ? parseRecord(parsed.value) : null;
}
