import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { type BlobId, parseBlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { RunningDigest, readSmallFile } from '../store/index.ts';
import type { Ledger } from './ledger.ts';
import type { Vault } from './open.ts';
import type { FactsRecord } from './records.ts';

/** A file of facts larger than this was not written by us, in bytes: packed, and unpacked. */
const PACKED_BYTES_MAX = 67_108_864;
const UNPACKED_BYTES_MAX = 536_870_912;

/** What was learned about one blob: plain data whose meaning the vault does not know. */
export interface Learned {
  readonly blob: BlobId;
  readonly facts: unknown;
}

/** One JSON line for each pair, gzip; read by {@link readFacts}. */
export function formatFacts(facts: Iterable<readonly [BlobId, unknown]>): Uint8Array {
  const lines = [...facts].map(([blob, value]) => `${JSON.stringify({ blob, facts: value })}\n`);
  // Level 1: facts are written while the photographer waits to go on; they are small either way.
  return gzipSync(lines.join(''), { level: 1 });
}

/** The blobs (first 16 digits) of which facts of this kind and at least this version are kept. */
export function learnedOf(ledger: Ledger, holds: string, version: number): Set<string> {
  const learned = new Set<string>();
  for (const record of ledger.facts.values()) {
    if (record.holds !== holds || record.version < version) continue;
    for (const digits of record.blobs) learned.add(digits);
  }
  return learned;
}

/**
 * All facts of a kind, oldest first; of two files about one blob only the later one counts. A file that is damaged is
 * passed over and named: what it said can be learned again.
 */
export async function* readFacts(
  world: Pick<World, 'disk'>,
  vault: Vault,
  holds: string,
  onDamage: (record: FactsRecord) => void = () => {},
): AsyncGenerator<Learned> {
  const records = [...vault.ledger.facts.values()].filter((record) => record.holds === holds);
  const newest = new Map<string, FactsRecord>();
  for (const record of records) for (const digits of record.blobs) newest.set(digits, record);
  for (const record of records) {
    const text = await readFactsFile(world, vault, record).catch(() => null);
    if (text === null) onDamage(record);
    for (const learned of text === null ? [] : parseFacts(text)) {
      if (newest.get(learned.blob.slice(0, 16)) === record) yield learned;
    }
  }
}

/**
 * Files in `facts/` that no line names: their writer was cut off, or they were dropped. They can be learned again, and go.
 * @returns places, relative to the vault
 */
export async function listStrayFacts(
  { disk }: Pick<World, 'disk'>,
  vault: Vault,
): Promise<string[]> {
  const folder = `${vault.root}/facts`;
  if ((await disk.stat(folder).catch(() => null)) === null) return [];
  // Some drives list names in another case than they were given.
  const named = new Set([...vault.ledger.facts.keys()].map((at) => at.toLowerCase()));
  const entries = await disk.listFolder(folder).catch(() => []);
  const places = entries.filter(({ kind }) => kind === 'file').map(({ name }) => `facts/${name}`);
  // A writer at work may be about to name its newest one.
  const working = vault.journals
    .filter(({ seal, name }) => seal === null && !vault.ledger.closed.has(name))
    .map(({ name }) => `facts/${name.replace(/\.jsonl$/, '')}`);
  const isStray = (at: string): boolean =>
    !named.has(at.toLowerCase()) && !working.some((start) => at.startsWith(start));
  return places.filter(isStray);
}

const unpack = promisify(gunzip);

async function readFactsFile(
  { disk }: Pick<World, 'disk'>,
  vault: Vault,
  record: FactsRecord,
): Promise<Buffer | null> {
  const packed = await readSmallFile(disk, `${vault.root}/${record.at}`, PACKED_BYTES_MAX);
  if (packed === null) return null;
  const digest = new RunningDigest();
  digest.update(packed);
  if (digest.finish().blob !== record.sha256) return null;
  return unpack(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
}

/** Line by line: the text of a whole file may be longer than a string can be. */
function* parseFacts(text: Buffer): Generator<Learned> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf(0x0a, start);
    if (end < 0) return;
    const learned = parseLearned(text.toString('utf8', start, end));
    if (learned !== null) yield learned;
    start = end + 1;
  }
}

function parseLearned(line: string): Learned | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('facts' in value)) return null;
    const blob = 'blob' in value ? parseBlobId(value.blob) : null;
    return blob === null ? null : { blob, facts: value.facts };
  } catch {
    return null;
  }
}
