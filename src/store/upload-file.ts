import { createHash } from 'node:crypto';
import { type BlobId, LIMITS, mapPool } from '../base/index.ts';
import type { Disk, ReadableFile } from '../platform/index.ts';
import { RunningDigest } from './digest-file.ts';
import { type ObjectStore, type PutOutcome, storeError, type Upload } from './object-store.ts';
import { type ProbedStore, putNew } from './put-new.ts';

/** A local file and the key it gets. */
export interface FileUpload {
  /** Absolute path on the local disk. */
  readonly path: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** What it must be, here and when it is read back. */
  readonly sha256: BlobId;
}

/**
 * Sends a file and reads it back with our own digest. A large one goes in parts: what an earlier attempt sent of the same
 * key and bytes is not sent again.
 * @returns `taken` where other bytes stand under the key, and nothing was changed
 * @throws EIO where the file is not what it was, or other bytes came back each time
 */
export async function uploadFile(
  probed: ProbedStore,
  disk: Disk,
  upload: FileUpload,
): Promise<PutOutcome> {
  const { store } = probed;
  for (let tries = 1; ; tries += 1) {
    const isSmall = upload.sizeBytes <= LIMITS.storePartBytes;
    if (isSmall) return putNew(probed, upload.key, await readWhole(disk, upload));
    const there = await store.head(upload.key);
    if (there !== null) return (await isOurs(store, upload, there.sizeBytes)) ? 'put' : 'taken';
    await sendParts(store, disk, upload);
    if (await isOurs(store, upload, upload.sizeBytes)) return 'put';
    await store.remove(upload.key);
    if (tries < LIMITS.writeTriesMax) continue;
    throw storeError('EIO', `${upload.key} read back with other bytes`);
  }
}

/** How a file is cut; the same for the same size, so that a second attempt finds what the first one sent. */
export function partBytesOf(sizeBytes: number): number {
  const least = Math.ceil(sizeBytes / PARTS_MAX / MIB) * MIB;
  return Math.max(LIMITS.storePartBytes, least);
}

/** S3 takes 10,000 parts of one object. */
const PARTS_MAX = 9000;
const MIB = 1_048_576;

async function sendParts(store: ObjectStore, disk: Disk, file: FileUpload): Promise<void> {
  const { upload, sent } = await resumeOrBegin(store, file.key);
  const partBytes = partBytesOf(file.sizeBytes);
  const digest = new RunningDigest();
  const source = await disk.openRead(file.path);
  try {
    const pieces = piecesOf(source, partBytes, digest);
    const parts = mapPool(LIMITS.storePartsAtOnce, pieces, async ({ number, bytes }) => {
      const found = sent.get(number);
      const isThere = found?.sizeBytes === bytes.length && found.etag === md5Of(bytes);
      return isThere ? found : store.putPart(upload, number, bytes);
    });
    const all = await Array.fromAsync(parts).catch((error: unknown) => {
      throw error instanceof AggregateError ? error.errors[0] : error;
    });
    if (digest.finish().blob !== file.sha256) {
      await store.abortUpload(upload);
      throw storeError('EIO', `${file.path} is not what was written`);
    }
    await store.completeUpload(
      upload,
      all.sort((a, b) => a.number - b.number),
    );
  } finally {
    await source.close();
  }
}

async function resumeOrBegin(
  store: ObjectStore,
  key: string,
): Promise<{ upload: Upload; sent: Map<number, UploadedOf> }> {
  const left = (await store.listUploads(key)).filter((upload) => upload.key === key);
  const [newest, ...older] = left.sort((a, b) => b.begunMs - a.begunMs);
  for (const upload of older) await store.abortUpload(upload);
  if (newest === undefined) return { upload: await store.beginUpload(key), sent: new Map() };
  const parts = await store.listParts(newest);
  return { upload: newest, sent: new Map(parts.map((part) => [part.number, part])) };
}

type UploadedOf = Awaited<ReturnType<ObjectStore['putPart']>>;

async function* piecesOf(
  source: ReadableFile,
  partBytes: number,
  digest: RunningDigest,
): AsyncGenerator<{ readonly number: number; readonly bytes: Uint8Array }> {
  for (let number = 1; ; number += 1) {
    const bytes = new Uint8Array(partBytes);
    const count = await source.read(bytes, (number - 1) * partBytes);
    digest.update(bytes.subarray(0, count));
    if (count > 0) yield { number, bytes: bytes.subarray(0, count) };
    if (count < partBytes) return;
  }
}

async function readWhole(disk: Disk, { path, sizeBytes, sha256 }: FileUpload): Promise<Uint8Array> {
  const source = await disk.openRead(path);
  try {
    const bytes = new Uint8Array(sizeBytes);
    const count = await source.read(bytes, 0);
    if (count === sizeBytes && digestOf(bytes) === sha256) return bytes;
  } finally {
    await source.close();
  }
  throw storeError('EIO', `${path} is not what was written`);
}

/** Whether what stands under the key is the file. */
async function isOurs(store: ObjectStore, file: FileUpload, sizeBytes: number): Promise<boolean> {
  if (sizeBytes !== file.sizeBytes) return false;
  const digest = new RunningDigest();
  for (let fromBytes = 0; fromBytes < sizeBytes; fromBytes += LIMITS.storePartBytes) {
    const lengthBytes = Math.min(LIMITS.storePartBytes, sizeBytes - fromBytes);
    const piece = await store.get(file.key, { fromBytes, lengthBytes });
    if (piece === null || piece.bytes.length !== lengthBytes) return false;
    digest.update(piece.bytes);
  }
  return digest.finish().blob === file.sha256;
}

function digestOf(bytes: Uint8Array): BlobId {
  const digest = new RunningDigest();
  digest.update(bytes);
  return digest.finish().blob;
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
