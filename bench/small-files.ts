import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES_PER_FOLDER = 1000;
const BYTES_MIN = 300;
const BYTES_SPREAD = 1300;

/** Writes so many small files, each with a content of its own, as sidecars lie beside frames: 1,000 in a folder. */
export async function writeSmallFiles(root: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const folder = join(root, 'DCIM', `${100 + Math.floor(index / FILES_PER_FOLDER)}NCZ_9`);
    if (index % FILES_PER_FOLDER === 0) mkdirSync(folder, { recursive: true });
    const digest = createHash('sha512').update(String(index)).digest();
    const size = BYTES_MIN + (digest.readUInt16LE(0) % BYTES_SPREAD);
    const text = `<x:xmpmeta n="${index}">`.padEnd(size, digest.toString('base64'));
    writeFileSync(join(folder, `DSC_${String(index).padStart(6, '0')}.xmp`), text);
  }
}
