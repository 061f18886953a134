declare const brand: unique symbol;

/** The SHA-256 of a blob's content: 64 lower-case hex digits. Made only by {@link parseBlobId} or a digest. */
export type BlobId = string & { readonly [brand]: 'BlobId' };

/** Reads a blob id from outside; null where the text is not one. */
export function parseBlobId(text: unknown): BlobId | null {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text) ? (text as BlobId) : null;
}

/** Lower-case hex of the bytes. */
export function formatHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Whether two byte arrays hold the same bytes. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  // A plain loop: with a call for each byte the largest files take a second.
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
