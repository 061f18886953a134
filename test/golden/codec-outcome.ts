import { createHash } from 'node:crypto';
import { parseBlobId } from '../../src/base/index.ts';
import {
  decodeJpeg,
  decodeRaw,
  encodeJpeg,
  encodeRaw,
  type RawDependency,
} from '../../src/codec/index.ts';

/** A picture, and the container that some Node made of it. */
export interface RecodedPicture {
  readonly kind: 'jpeg' | 'raw';
  readonly bytes: Uint8Array;
  /** Another frame of its burst. */
  readonly sibling: Uint8Array | null;
  readonly container: Uint8Array;
}

/** What this Node makes of it: SHA-256 of its own container, and of the picture that the given one holds. */
export interface CodecOutcome {
  readonly encoded: string;
  readonly decoded: string;
}

/** Recodes the picture and decodes the container. */
export function codecOutcome(picture: RecodedPicture): CodecOutcome {
  const { kind, sibling, container } = picture;
  const dependencies = sibling === null ? [] : [known(sibling)];
  const decode = kind === 'jpeg' ? decodeJpeg : decodeRaw;
  const decoded = decode(container, { dependencies });
  return { encoded: sha256(recode(picture)), decoded: sha256(decoded) };
}

/** The container; empty where nothing is gained. */
export function recode({ kind, bytes, sibling }: Omit<RecodedPicture, 'container'>): Uint8Array {
  const encode = kind === 'jpeg' ? encodeJpeg : encodeRaw;
  const container = encode(bytes, sibling === null ? {} : { sibling: known(sibling) });
  return container ?? new Uint8Array(0);
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A frame as a container may need it. */
export function known(bytes: Uint8Array): RawDependency {
  const id = parseBlobId(sha256(bytes));
  if (id === null) throw new Error('no digest');
  return { id, bytes };
}
