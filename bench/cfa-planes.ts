import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapPool } from '../src/base/index.ts';
import { type Command, prepare } from './command.ts';

/** A sensor's samples, row by row. */
export interface Plane {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
}

/** Bytes of each plane by one compressor. */
export type PlaneCoder = (path: string, out: string) => Command;

/** libjxl without loss; samples are given as 16 bits, since other depths do not come back exactly (libjxl 0.7). */
export function cjxl(effort: number): PlaneCoder {
  return (path, out) => ({
    words: ['cjxl', '-d', '0', '-e', `${effort}`, '--num_threads=0', path, out],
  });
}

/** zstd as it compresses most, with a long window. */
export const ZSTD: PlaneCoder = (path, out) => ({
  words: ['zstd', '-19', '--long=27', '-q', '-f', path, '-o', out],
});

/** xz as it compresses most by default. */
export const XZ: PlaneCoder = (path, out) => ({
  words: ['xz', '-9', '-k', '-c', path],
  output: out,
});

/** Writes the four colours of the samples as four gray pictures (PGM). */
export function writePlanes(folder: string, { name, width, height, samples }: Plane): string[] {
  return [0, 1, 2, 3].map((phase) => {
    const [down, across] = [phase >> 1, phase & 1];
    const [columns, rows] = [(width - across + 1) >> 1, (height - down + 1) >> 1];
    const head = Buffer.from(`P5\n${columns} ${rows}\n65535\n`);
    const bytes = Buffer.alloc(head.length + columns * rows * 2);
    head.copy(bytes);
    let at = head.length;
    for (let row = down; row < height; row += 2) {
      for (let column = across; column < width; column += 2, at += 2) {
        bytes.writeUInt16BE(samples[row * width + column] ?? 0, at);
      }
    }
    const path = join(folder, `${name}-${phase}.pgm`);
    writeFileSync(path, bytes);
    return path;
  });
}

/** Bytes that a compressor makes of files, several at a time. */
export async function codedBytes(paths: readonly string[], coder: PlaneCoder): Promise<number> {
  let sum = 0;
  // Never beside the files: some of them are samples, which are only read.
  const folder = mkdtempSync(join(tmpdir(), 'fieldvault-bench-planes-'));
  const numbered = paths.map((path, index) => ({ path, out: join(folder, `${index}.out.jxl`) }));
  const sizes = mapPool(4, numbered, async ({ path, out }) => {
    await prepare(coder(path, out));
    return statSync(out).size;
  });
  for await (const size of sizes) sum += size;
  rmSync(folder, { recursive: true });
  return sum;
}
