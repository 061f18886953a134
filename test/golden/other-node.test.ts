import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpegDependencies, rawDependencies } from '../../src/codec/index.ts';
import { skipBecause } from '../skip.ts';
import {
  type CodecOutcome,
  codecOutcome,
  type RecodedPicture,
  recode,
  sha256,
} from './codec-outcome.ts';
import { makeJpeg } from './make-jpeg.ts';
import { type MadeRaw, makeRaw } from './make-raw.ts';

const OLDEST_MAJOR = 20;

const FULL = [[1, 1]] as const;
const BASE = { width: 256, height: 128, bits: 14, iso: 400, cfa: 'RGGB', order: 'II' } as const;
const ofBurst = (noiseSeed: number): Uint8Array =>
  makeRaw({
    ...{ ...BASE, seed: 31, format: { kind: 'nef' } },
    shot: { x: noiseSeed, y: 0, noiseSeed },
  });

const ofJpegBurst = (noiseSeed: number): Uint8Array =>
  makeJpeg({ seed: 8, width: 200, height: 130, sampling: FULL, noiseSeed });

const PICTURES: readonly RecodedPicture[] = [
  made('jpeg', makeJpeg({ seed: 3, width: 90, height: 70, sampling: FULL, restartEvery: 3 })),
  ...(['nef', 'nef-lossless'] as const).map((kind, seed) =>
    made('raw', makeRaw({ ...BASE, seed, format: { kind } } satisfies MadeRaw)),
  ),
  made('raw', ofBurst(2), ofBurst(1)),
  made('jpeg', ofJpegBurst(2), ofJpegBurst(1)),
];

function made(
  kind: RecodedPicture['kind'],
  bytes: Uint8Array,
  sibling: Uint8Array | null = null,
): RecodedPicture {
  return { kind, bytes, sibling, container: recode({ kind, bytes, sibling }) };
}

const other = findOtherNode();
const absent = `no other Node, of ${OLDEST_MAJOR} or newer, on the path or named by FIELDVAULT_OTHER_NODE`;

describe('another version of Node', skipBecause(other === null ? absent : null), () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fieldvault-other-node-'));
    const input = join(import.meta.dirname, 'codec-outcome-main.ts');
    const build = await rolldown({ input, platform: 'node' });
    await build.write({ file: join(folder, 'codec.mjs'), format: 'esm', codeSplitting: false });
    await build.close();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes the same containers, and the same pictures of them', () => {
    for (const { container, bytes } of PICTURES) {
      expect(container.length).toBeGreaterThan(0);
      expect(container.length).toBeLessThan(bytes.length);
    }
    const dependencies = PICTURES.map(
      ({ kind, container }) =>
        (kind === 'jpeg' ? jpegDependencies : rawDependencies)(container).length,
    );
    expect(dependencies).toEqual([0, 0, 0, 1, 1]);
    const outcomes = outcomesOf(PICTURES);
    expect(outcomes).toEqual(PICTURES.map(codecOutcome));
    expect(outcomes.map(({ decoded }) => decoded)).toEqual(
      PICTURES.map(({ bytes }) => sha256(bytes)),
    );
  });

  it('says so where it was given another picture', () => {
    const [picture] = PICTURES;
    if (picture === undefined) throw new Error('no picture');
    const bytes = makeJpeg({ seed: 4, width: 90, height: 70, sampling: FULL, restartEvery: 3 });
    expect(outcomesOf([{ ...picture, bytes }])).not.toEqual([codecOutcome(picture)]);
  });

  function outcomesOf(pictures: readonly RecodedPicture[]): readonly CodecOutcome[] {
    const [script, input, output] = ['codec.mjs', 'in.json', 'out.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const asText = (_key: string, value: unknown): unknown =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
    writeFileSync(input, JSON.stringify(pictures, asText));
    execFileSync(other ?? '', [script, input, output], { timeout: 25_000 });
    return JSON.parse(readFileSync(output, 'utf8'));
  }
});

/** The first one with another major version than this one. */
function findOtherNode(): string | null {
  const named = process.env['FIELDVAULT_OTHER_NODE'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const programs = [...(named ? [named] : []), ...folders.map((folder) => join(folder, name))];
  const own = majorOf(process.version);
  const isOther = (major: number): boolean => major >= OLDEST_MAJOR && major !== own;
  return (
    programs.find((program) => existsSync(program) && isOther(majorOf(versionOf(program)))) ?? null
  );
}

function majorOf(version: string): number {
  return Number(version.replace('v', '').split('.')[0]);
}

function versionOf(program: string): string {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', timeout: 10_000 }).trim();
  } catch {
    return '';
  }
}
