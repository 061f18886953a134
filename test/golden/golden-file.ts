import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { FieldVaultError } from '../../src/base/index.ts';
import { sha256 } from './codec-outcome.ts';

/** A container that every later version must decode, and the SHA-256 of what it holds. */
export interface Kept {
  readonly sha256: string;
  readonly container: Uint8Array;
}

/** A picture and the container that is made of it. */
export interface Recoded {
  readonly bytes: Uint8Array;
  readonly container: Uint8Array;
}

/**
 * The containers of a file beside this one, by name; `RENEW_GOLDEN=1` writes it first.
 * @param make what the containers are made of
 */
export function goldenFile(
  name: string,
  make: () => Iterable<readonly [string, Recoded]>,
): Readonly<Record<string, Kept>> {
  const path = join(import.meta.dirname, name);
  if (process.env['RENEW_GOLDEN'] === '1') {
    const entries = [...make()].map(([key, { bytes, container }]) => [
      key,
      { sha256: sha256(bytes), container: Buffer.from(container).toString('base64') },
    ]);
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  }
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptText) : {};
  return Object.fromEntries(
    Object.entries(kept).map(([key, one]) => [
      key,
      { ...one, container: new Uint8Array(Buffer.from(one.container, 'base64')) },
    ]),
  );
}

type KeptText = Readonly<Record<string, { readonly sha256: string; readonly container: string }>>;

/** What a decoder gives, or the code of the one error that it may end in. */
export function outcomeOf(decode: () => Uint8Array): Uint8Array | string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FieldVaultError) return error.code;
    throw error;
  }
}

/** Mutated inputs of each kind, as `FIELDVAULT_MUTATIONS` says or this many; 100,000 take some minutes. */
export function mutations(usual: number): number {
  return Number(process.env['FIELDVAULT_MUTATIONS'] ?? usual);
}
