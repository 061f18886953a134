/** Lines, digests and trees of format 1, written from docs/vault-format.md alone, without the library. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** One thing a snapshot holds, with the content that must come back. */
export interface SampleEntry {
  readonly source: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly content: Buffer;
  readonly target: string;
  readonly mtimeUs: number;
  readonly mode: number;
}

/** Lower-case hex SHA-256. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One line of format 1 with its check, as section 2 of the page says. */
export function formatLine(record: Readonly<Record<string, unknown>>): Buffer {
  const body = JSON.stringify(record).slice(0, -1);
  const crc = crc32(body).toString(16).padStart(8, '0');
  return Buffer.from(`${body},"crc":"${crc}"}\n`);
}

/** The XOR of the entries' digests, as section 3 of the page says. */
export function treeOf(entries: readonly SampleEntry[]): string {
  const sum = Buffer.alloc(32);
  for (const entry of entries) {
    const size = entry.content.length;
    const content = entry.kind === 'file' ? sha256(entry.content) : entry.target;
    const fields = [entry.kind, entry.path, content, size, entry.mtimeUs, entry.mode];
    const digest = createHash('sha256').update(fields.join('\0'), 'utf16le').digest();
    for (let index = 0; index < 32; index++) sum[index] = (sum[index] ?? 0) ^ (digest[index] ?? 0);
  }
  return sum.toString('hex');
}

/** Flips the lowest bit (or another) of one byte of a file, as a failing disk would. */
export async function flipBit(path: string, offset: number, bit = 0): Promise<void> {
  const bytes = await readFile(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
  await writeFile(path, bytes);
}
