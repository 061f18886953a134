import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Why a tool cannot be used here; null where it can. */
export function whyNoTool(tool: 'exiftool' | 'raw-identify' | 'unprocessed_raw'): string | null {
  const { error } = spawnSync(tool, tool === 'exiftool' ? ['-ver'] : []);
  return error === undefined ? null : `no ${tool} here`;
}

/** A file and what a tool says of it. */
export interface Answer<File, Said> {
  readonly file: File;
  readonly said: Said;
}

/** Values by group and name, such as `GPS:GPSLatitude`; numbers where ExifTool takes them for numbers. */
export type ExifToolRecord = Readonly<Record<string, string | number>>;

/** Runs ExifTool with all its checks over files. */
export function runExifTool<File extends { readonly path: string }>(
  files: readonly File[],
): Answer<File, ExifToolRecord>[] {
  const words = ['-q', '-validate', '-warning', '-error', '-all', '-a', '-n', '-G1', '-j'];
  const { stdout, stderr } = run('exiftool', [...words, ...files.map(({ path }) => path)]);
  if (stderr !== '') throw new Error(`exiftool: ${stderr}`);
  const records: ExifToolRecord[] = JSON.parse(stdout);
  return answers(files, records);
}

/** Asks LibRaw what the files are; its answers by their labels, such as `Filter pattern`. */
export function runRawIdentify<File extends { readonly path: string }>(
  files: readonly File[],
): Answer<File, Readonly<Record<string, string>>>[] {
  const { stdout, stderr } = run('raw-identify', ['-v', ...files.map(({ path }) => path)]);
  if (stderr !== '') throw new Error(`raw-identify: ${stderr}`);
  const parts = stdout.split(/^Filename: /m).slice(1);
  const lines = parts.map((part) => part.matchAll(/^(\w[^:\n]*): +(.*)$/gm));
  return answers(
    files,
    lines.map((found) =>
      Object.fromEntries([...found].map(([, label = '', value = '']) => [label, value.trim()])),
    ),
  );
}

/** The values of a sensor, row by row. */
export interface SensorValues {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
}

/** The values that LibRaw's decoders give for each file, before any processing. Leaves a `.pgm` beside each file. */
export function runUnprocessedRaw<File extends { readonly path: string }>(
  files: readonly File[],
): Answer<File, SensorValues>[] {
  const { stderr } = run('unprocessed_raw', ['-q', ...files.map(({ path }) => path)]);
  if (stderr !== '') throw new Error(`unprocessed_raw: ${stderr}`);
  return files.map((file) => ({ file, said: parsePgm(readFileSync(`${file.path}.pgm`)) }));
}

function answers<File, Said>(files: readonly File[], said: readonly Said[]): Answer<File, Said>[] {
  if (files.length !== said.length) {
    throw new Error(`${said.length} answers about ${files.length} files`);
  }
  return said.flatMap((one, index) =>
    files.slice(index, index + 1).map((file) => ({ file, said: one })),
  );
}

/** Reads a PGM of 16 bits: three lines of text, then the values, highest byte first. */
function parsePgm(bytes: Buffer): SensorValues {
  const head = /^P5\n(\d+) (\d+)\n65535\n/.exec(bytes.subarray(0, 40).toString('latin1'));
  if (head === null) throw new Error('not a PGM of 16 bits');
  const [width, height] = [Number(head[1]), Number(head[2])];
  const samples = new Uint16Array(width * height);
  const start = head[0].length;
  for (let index = 0; index < samples.length; index++) {
    samples[index] = bytes.readUInt16BE(start + 2 * index);
  }
  return { width, height, samples };
}

function run(
  tool: string,
  words: readonly string[],
): { readonly stdout: string; readonly stderr: string } {
  const { error, stdout, stderr } = spawnSync(tool, words, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { stdout, stderr };
}
