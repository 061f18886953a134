import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { crc32 } from 'node:zlib';
import { listSnapshots, openVault, restore, type World } from '../../src/index.ts';
import { check } from '../../src/vault/index.ts';
import type { Card } from './card.ts';

/** A journal line as the page says, read without the library. */
export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** The lines of one journal file that are whole; what a cut tore off is not among them. */
export function wholeLines(path: string): Line[] {
  const lines: Line[] = [];
  const bytes = readFileSync(path);
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    const line = bytes.subarray(start, end);
    const body = line.subarray(0, -18);
    const crc = crc32(body).toString(16).padStart(8, '0');
    if (line.subarray(-18).toString() === `,"crc":"${crc}"}`) lines.push(JSON.parse(`${body}}`));
    start = end + 1;
  }
  return lines;
}

/** The journal files of a vault in reading order. */
export function journalsOf(vault: string): string[] {
  const folder = join(vault, 'journal');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** What a vault has acknowledged: `<source>/<path>` to digest, from the journals alone. */
export function acknowledgedIn(vault: string): Map<string, string> {
  const acknowledged = new Map<string, string>();
  for (const name of journalsOf(vault)) {
    for (const line of wholeLines(join(vault, 'journal', name))) {
      const path = `${line['source']}/${line['path']}`;
      if (line.type === 'gone') acknowledged.delete(path);
      if (line.type === 'entry' && typeof line['blob'] === 'string') {
        acknowledged.set(path, line['blob']);
      }
    }
  }
  return acknowledged;
}

/** Where a judge looks and what is true. */
export interface Case {
  readonly vault: string;
  readonly cards: readonly Card[];
  /** A folder that may be made and removed. */
  readonly scratch: string;
}

/**
 * Says what is wrong with a vault after a cut; [] where nothing is. It must open; every byte must be right; whatever was
 * acknowledged must come back, and must be what a card really held. Changes nothing in the vault.
 */
export async function judge(
  world: World,
  { vault: path, cards, scratch }: Case,
): Promise<string[]> {
  const faults: string[] = [];
  const acknowledged = acknowledgedIn(path);
  const truths = new Map<string, Set<string>>();
  for (const { name, history } of cards) {
    for (const [file, digests] of history) truths.set(`${name}/${file}`, digests);
  }
  for (const [file, digest] of acknowledged) {
    if (!truths.get(file)?.has(digest)) faults.push(`${file}: acknowledged, but never held`);
  }
  const vault = await openVault(world, path);
  const checked = await check(world, vault, { readData: true });
  faults.push(...checked.issues.map((issue) => `${issue.code} ${issue.path}: ${issue.message}`));
  const newest = listSnapshots(vault).at(-1);
  if (newest === undefined) {
    if (acknowledged.size > 0) faults.push(`${acknowledged.size} acknowledged files, no snapshot`);
    return faults;
  }
  rmSync(scratch, { recursive: true, force: true });
  const restored = await restore(world, vault, newest, { to: scratch });
  faults.push(...restored.issues.map((issue) => `${issue.code} ${issue.path}: ${issue.message}`));
  for (const [file, digest] of acknowledged) {
    const found = digestOf(join(scratch, file));
    if (found !== digest) faults.push(`${file}: acknowledged, came back as ${found}`);
  }
  rmSync(scratch, { recursive: true, force: true });
  return faults;
}

/** The digest of a file, or what stands in the way. */
export function digestOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    return String(error);
  }
}

/** Paths of the files at and below a folder, with '/'; [] where there is none. */
export function filesBelow(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .map((path) => path.replaceAll(sep, '/'));
}

/** Compares a restored source with its card as it is now, both ways; [] where they are the same. */
export function differences(card: Card, restored: string): string[] {
  const root = join(restored, card.name);
  const found = filesBelow(root);
  const extra = found.filter((file) => !card.files.has(file)).map((file) => `${file}: not on card`);
  const wrong = [...card.files]
    .filter(([file, digest]) => digestOf(join(root, file)) !== digest)
    .map(([file]) => `${file}: ${digestOf(join(root, file))}`);
  return [...extra, ...wrong];
}
