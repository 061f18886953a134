import { hash } from 'node:crypto';
import { formatHex } from '../base/index.ts';
import type { TreeEntry } from './ledger.ts';

/** Counts of a tree and the digest that proves it was rebuilt right (docs/vault-format.md section 3). */
export interface TreeTotals {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
  readonly tree: string;
}

/** Totals of a tree that changes: the digest is an XOR of one for each entry, so an entry is taken out as it came in. */
export class RunningTotals {
  #counts = { file: 0, folder: 0, link: 0, bytes: 0 };
  #digest = new Uint8Array(32);

  add(path: string, entry: TreeEntry): void {
    this.#change(path, entry, 1);
  }

  /** Takes out an entry that was added, exactly as it was. */
  remove(path: string, entry: TreeEntry): void {
    this.#change(path, entry, -1);
  }

  copy(): RunningTotals {
    const copy = new RunningTotals();
    copy.#counts = { ...this.#counts };
    copy.#digest = this.#digest.slice();
    return copy;
  }

  totals(): TreeTotals {
    const { file, folder, link, bytes } = this.#counts;
    return { files: file, folders: folder, links: link, bytes, tree: formatHex(this.#digest) };
  }

  #change(path: string, entry: TreeEntry, by: 1 | -1): void {
    this.#counts[entry.kind] += by;
    this.#counts.bytes += by * entry.sizeBytes;
    const one = entryDigest(path, entry);
    const digest = this.#digest;
    for (let index = 0; index < 32; index += 1) {
      digest[index] = (digest[index] ?? 0) ^ (one[index] ?? 0);
    }
  }
}

function entryDigest(path: string, entry: TreeEntry): Uint8Array {
  const members = [entry.kind, path, entry.content, entry.sizeBytes, entry.mtimeUs, entry.mode];
  // In one call: a hash object for each path of a large tree is memory that comes back late.
  return hash('sha256', Buffer.from(members.join('\0'), 'utf16le'), 'buffer');
}
