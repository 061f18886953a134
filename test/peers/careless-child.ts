/**
 * A writer as it must not be: it writes in place, under the final name, and acknowledges a file before its bytes are
 * there. Proves that whoever judges vaults after a kill can see such a thing.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { ActRequest } from './acts.ts';
import { formatLine, sha256 } from './format-1-lines.ts';

const { vault, paths }: ActRequest = JSON.parse(process.argv[2] ?? '{}');
const [card = ''] = paths;
process.stdout.write('{"event":"ready"}\n');
for await (const _ of createInterface({ input: process.stdin })) break;
const startMs = performance.now();
const identity = JSON.parse(readFileSync(join(vault, 'fieldvault.json'), 'utf8'));
const number = String(readdirSync(join(vault, 'journal')).length + 1).padStart(6, '0');
const writer = sha256(`${process.pid} ${startMs}`).slice(0, 16);
const time = new Date().toISOString();
const journal = join(vault, 'journal', `${number}-20261122T090000Z-${writer}.jsonl`);
const source = basename(card);
const volume = { id: '', label: '', fileSystem: '' };
const sources = [{ source, origin: card, volume, parent: null }];
const { vault: id, label } = identity;
const host = { software: 'careless', host: 'nowhere', pid: 0 };
writeFileSync(journal, '');
const say = (record: Readonly<Record<string, unknown>>): void =>
  appendFileSync(journal, formatLine(record));
say({ type: 'open', format: 1, vault: id, label, writer, ...host, time });
say({ type: 'run', run: writer, time, sources });
for (const entry of readdirSync(card, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const bytes = readFileSync(join(entry.parentPath, entry.name));
  const blob = sha256(bytes);
  const path = join(entry.parentPath, entry.name).slice(card.length + 1);
  const folder = 'originals/2026/2026-11-22';
  const at = `${folder}/${entry.name.replace('.', `~${blob.slice(0, 16)}.`)}`;
  const head = createHash('sha256').update(bytes.subarray(0, 65_536)).digest('hex').slice(0, 16);
  const size = bytes.length;
  say({ type: 'blob', blob, size, form: 'verbatim', at, head, verified: 'cached', time });
  const facts = { kind: 'file', size, mtimeUs: 0, mode: 0o644 };
  say({ type: 'entry', run: writer, source, path, ...facts, blob });
  mkdirSync(join(vault, folder), { recursive: true });
  const file = openSync(join(vault, at), 'w');
  for (let start = 0; start < size; start += 16_384) {
    writeSync(file, bytes.subarray(start, start + 16_384));
    fsyncSync(file);
  }
  closeSync(file);
}
const durationMs = performance.now() - startMs;
process.stdout.write(
  `${JSON.stringify({ event: 'done', report: {}, durationMs, peakBytes: 0 })}\n`,
);
