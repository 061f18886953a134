import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import { type ActEnd, type ActRequest, runAct } from '../peers/acts.ts';

/** Bytes in a mebibyte. */
export const MB: number = 1_048_576;
/** Bytes in a gibibyte. */
export const GB: number = 1024 * MB;
/** What a process may hold at most while it works, whatever the size of the files. */
const MEMORY_BYTES_MAX = 300 * MB;

/** Why there is no room for so many bytes of test files; a quarter more is asked for. */
export function shortage(bytes: number): string | null {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize > bytes * 1.25) return null;
  return `too little free space for ${Math.ceil(bytes / GB)} GB of test files`;
}

/** Writes a file of incompressible bytes without a hole (AES in counter mode) and returns its digest. */
export function writeNoise(path: string, sizeBytes: number): string {
  const digest = createHash('sha256');
  const stream = createCipheriv(
    'aes-256-ctr',
    createHash('sha256').update(path).digest(),
    Buffer.alloc(16),
  );
  const zeros = Buffer.alloc(8 * MB);
  const file = openSync(path, 'wx');
  for (let left = sizeBytes; left > 0; ) {
    const piece = stream.update(zeros.subarray(0, Math.min(left, zeros.length)));
    digest.update(piece);
    left -= writeSync(file, piece);
  }
  closeSync(file);
  return digest.digest('hex');
}

/** Digest of a file of any size. */
export function digestLarge(path: string): string {
  const digest = createHash('sha256');
  const buffer = Buffer.alloc(8 * MB);
  const file = openSync(path, 'r');
  for (let count = -1; count !== 0; ) {
    count = readSync(file, buffer);
    digest.update(buffer.subarray(0, count));
  }
  closeSync(file);
  return digest.digest('hex');
}

/** Runs an act in a process of its own, without an issue and in bounded memory, and prints what it took. */
export async function measured(name: string, request: ActRequest): Promise<ActEnd> {
  const end = await runAct(request);
  const seconds = (end.durationMs / 1000).toFixed(1);
  console.log(`${name}: ${seconds} s, at most ${Math.round(end.peakBytes / MB)} MB of memory`);
  expect(end.failure, end.text).toBeNull();
  expect(end.report?.issues).toEqual([]);
  expect(end.peakBytes).toBeLessThan(MEMORY_BYTES_MAX);
  return end;
}
