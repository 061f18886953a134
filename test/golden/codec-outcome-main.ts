/** Run by another Node, as one script: reads pictures and containers from a file as JSON, writes their outcomes to another. */
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { codecOutcome, type RecodedPicture } from './codec-outcome.ts';

const [, , input = '', output = ''] = process.argv;
const pictures = JSON.parse(readFileSync(input, 'utf8'), bytesAgain) as RecodedPicture[];
writeFileSync(output, JSON.stringify(pictures.map(codecOutcome)));

function bytesAgain(key: string, value: unknown): unknown {
  const isText = typeof value === 'string' && key !== 'kind';
  return isText ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}
