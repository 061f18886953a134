import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SeededRandom } from '../../src/testing/index.ts';

/** Bytes that nothing compresses and that are the same for the same seed: a stream of AES in counter mode. */
export function contentOf(seed: string, sizeBytes: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

/** A card that fills up, and what it ever held. */
export class Card {
  readonly folder: string;
  /** Source name in a snapshot. */
  readonly name: string;
  /** By path: the digest of the content now. */
  readonly files: Map<string, string> = new Map();
  /** By path: every digest it ever had. */
  readonly history: Map<string, Set<string>> = new Map();
  bytes = 0;
  #written = 0;
  readonly #spell: (path: string) => string;

  /** @param spell how the card's drive lists a name that it was given */
  constructor(folder: string, spell: (path: string) => string = (path) => path) {
    this.folder = folder;
    this.#spell = spell;
    this.name = basename(folder);
    mkdirSync(folder, { recursive: true });
  }

  write(given: string, content: Uint8Array): void {
    const absolute = join(this.folder, given);
    const path = this.#spell(given);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
    const digest = createHash('sha256').update(content).digest('hex');
    this.files.set(path, digest);
    this.history.set(path, (this.history.get(path) ?? new Set()).add(digest));
    this.bytes += content.length;
  }

  /** Takes so many more pictures of up to so many bytes, each with a sidecar, and edits one older sidecar. */
  shoot(random: SeededRandom, count: number, sizeBytesMax: number): void {
    for (let shot = 0; shot < count; shot += 1) {
      this.#written += 1;
      const stem = `DCIM/10${this.#written % 3}CANON/IMG_${String(this.#written).padStart(4, '0')}`;
      const size = Math.floor(random() * sizeBytesMax);
      this.write(`${stem}.CR2`, contentOf(`${this.folder}:${this.#written}`, size));
      this.write(`${stem}.XMP`, contentOf(`sidecar ${this.#written}`, Math.floor(random() * 900)));
    }
    const sidecars = [...this.files.keys()].filter((path) => /\.XMP$/i.test(path));
    const edited = sidecars[Math.floor(random() * sidecars.length)];
    if (edited !== undefined) this.write(edited, contentOf(`edit ${this.#written}`, 1000));
  }
}
