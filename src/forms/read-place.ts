import { type BlobId, FieldVaultError } from '../base/index.ts';
import {
  decodeJpeg,
  decodeRaw,
  isJpegRecoded,
  isRawRecoded,
  readZstdHead,
} from '../codec/index.ts';
import type { Disk } from '../platform/index.ts';
import {
  type ContentNeed,
  type ContentPlace,
  RunningDigest,
  readVerbatim,
  type StopMemory,
} from '../store/index.ts';
import { RECODED_BYTES_MAX } from './form.ts';
import { decodeZstdForm } from './zstd-form.ts';

/**
 * The content that stands at a place, decoded where it is not verbatim.
 * @param stop ends it with an error of code `ESTOPPED`
 * @throws FieldVaultError DAMAGED, or the system's error
 */
export async function* readPlace(
  disk: Disk,
  place: ContentPlace,
  stop?: StopMemory,
): AsyncGenerator<Uint8Array> {
  if (place.form === 'verbatim') {
    yield* readVerbatim(disk, place, stop);
    return;
  }
  const stored = await readFile(disk, place.path, stop);
  const form = place.form === 'unknown' ? formOf(stored) : place.form;
  if (form === 'verbatim') yield* readVerbatim(disk, { ...place, form }, stop);
  else yield await decode(disk, { ...place, form }, { stored, stop });
}

/**
 * One content in memory, proven to be the one that was asked for.
 * @throws FieldVaultError DAMAGED where no place gives it
 */
export async function originalOf(
  disk: Disk,
  { blob, places }: ContentNeed,
  stop?: StopMemory,
): Promise<Uint8Array> {
  let cause: unknown;
  for (const place of places) {
    try {
      const bytes =
        place.form === 'verbatim'
          ? await readFile(disk, place.path, stop)
          : await onlyPiece(readPlace(disk, place, stop));
      if (digestOf(bytes) === blob) return bytes;
    } catch (error) {
      cause = error;
    }
  }
  const message = `The content ${blob.slice(0, 16)} cannot be read from any place.`;
  throw new FieldVaultError('DAMAGED', message, { cause, details: { needs: blob } });
}

/** The digest of bytes in memory. */
export function digestOf(bytes: Uint8Array): BlobId {
  const digest = new RunningDigest();
  digest.update(bytes);
  return digest.finish().blob;
}

async function decode(
  disk: Disk,
  place: ContentPlace,
  { stored, stop }: { readonly stored: Uint8Array; readonly stop: StopMemory | undefined },
): Promise<Uint8Array> {
  const { form, parts = [], needs = [] } = place;
  const dependencies: { id: BlobId; bytes: Uint8Array }[] = [];
  for (const need of needs) {
    dependencies.push({ id: need.blob, bytes: await originalOf(disk, need, stop) });
  }
  if (form === 'jpeg-recoded') return decodeJpeg(stored, { dependencies });
  if (form === 'raw-recoded') {
    const previews: Uint8Array[] = [];
    for (const path of parts) previews.push(await readFile(disk, path, stop));
    return decodeRaw(stored, { dependencies, previews });
  }
  if (form === 'zstd' || form === 'delta') return decodeZstdForm(stored, dependencies);
  const message = `This file is stored in the form ${form}, which this version does not know. Nothing is lost; use the newest FieldVault.`;
  throw new FieldVaultError('DAMAGED', message);
}

/** What the first bytes of a stored file say of its form. */
function formOf(stored: Uint8Array): string {
  if (isJpegRecoded(stored)) return 'jpeg-recoded';
  if (isRawRecoded(stored)) return 'raw-recoded';
  return readZstdHead(stored) === null ? 'verbatim' : 'zstd';
}

async function readFile(
  disk: Disk,
  path: string,
  stop: StopMemory | undefined,
): Promise<Uint8Array> {
  const facts = await disk.stat(path);
  const sizeBytes = facts?.sizeBytes ?? 0;
  if (sizeBytes > RECODED_BYTES_MAX) {
    throw new FieldVaultError('DAMAGED', 'A stored form is larger than any that is made.');
  }
  const bytes = new Uint8Array(sizeBytes);
  let length = 0;
  for await (const piece of readVerbatim(disk, { path, form: 'verbatim' }, stop)) {
    // A file that grows while it is read is not the one that was stored.
    bytes.set(piece.subarray(0, sizeBytes - length), length);
    length += piece.length;
    if (length > sizeBytes) break;
  }
  return bytes.subarray(0, length);
}

async function onlyPiece(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const piece of pieces) return piece;
  return new Uint8Array(0);
}
