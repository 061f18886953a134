import { type BlobId, LIMITS } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { type Ledger, type ReceiptRecord, readJournalTail, type Vault } from '../vault/index.ts';
import { highestJournal, sampleOf } from './guard.ts';
import type { Side } from './side.ts';

const DAY_MS = 86_400_000;

/**
 * Lines that tell a vault what another one holds: new copies, copies that were verified again at least a day later, copies
 * that are lost. Nothing where it knows all that.
 * @param about the other vault
 */
export function* receiptLines(
  world: Pick<World, 'clock'>,
  to: Ledger,
  about: Vault,
): Generator<ReceiptRecord> {
  const { ledger, identity, root } = about;
  const known = to.replicas.known.get(identity.id);
  const base = {
    type: 'receipt',
    vault: identity.id,
    label: identity.label,
    where: root,
    journal: highestJournal(about),
    time: new Date(world.clock.nowMs()).toISOString(),
  } as const;
  const groups = new Map<string, Group>();
  const held = new Set<string>();
  for (const [blob, { places }] of ledger.blobs) {
    const place = places.findLast((one) => ledger.isReadable(one));
    if (place === undefined) continue;
    const digits = blob.slice(0, 16);
    held.add(digits);
    const verifiedMs = ledger.verifiedMs(blob as BlobId);
    const before = known?.blobs.get(digits);
    if (before !== undefined && verifiedMs < before.verifiedMs + DAY_MS) continue;
    addTo(groups, { digits, verifiedMs, how: place.verified });
  }
  const lost = [...(known?.blobs.keys() ?? [])].filter((digits) => !held.has(digits));
  for (const { how, verifiedMs, blobs } of groups.values()) {
    const verified = new Date(verifiedMs).toISOString();
    for (const some of portions(blobs))
      yield { ...base, blobs: some, state: 'held', how, verified };
  }
  const none = { how: 'cached', verified: base.time } as const;
  for (const some of portions(lost)) yield { ...base, ...none, blobs: some, state: 'lost' };
  const isMet = known !== undefined && known.where === root && known.label === identity.label;
  if (!isMet && groups.size === 0) yield { ...base, ...none, blobs: [], state: 'held' };
}

/** The line that ends a sync after which neither vault lacks anything of the other. */
export function wholeLine(world: Pick<World, 'clock'>, about: Side): ReceiptRecord {
  const { identity, root } = about.vault;
  const time = new Date(world.clock.nowMs()).toISOString();
  return {
    type: 'receipt',
    vault: identity.id,
    label: identity.label,
    where: root,
    journal: highestJournal(about.vault),
    blobs: [],
    state: 'held',
    how: 'cached',
    verified: time,
    time,
    writer: about.writer.id,
    // With the one that this sync writes.
    journals: about.vault.journals.length + 1,
    sample: sampleOf(about.vault.ledger).map(({ at, sizeBytes: size }) => ({ at, size })),
  };
}

/**
 * Whether the newest journal files of two vaults end with the last words of one sync that left nothing to do: then nobody
 * has written into either since. Reads only these ends.
 */
export async function endInOneSync(
  { disk }: Pick<World, 'disk'>,
  roots: readonly [string, string],
): Promise<readonly [ReceiptRecord, ReceiptRecord] | null> {
  const [field, studio] = await Promise.all(roots.map((root) => lastWord(disk, root)));
  if (field === undefined || studio === undefined || field === null || studio === null) return null;
  const isOne = field.word.writer === studio.writer && studio.word.writer === field.writer;
  return isOne ? [studio.word, field.word] : null;
}

async function lastWord(
  disk: World['disk'],
  root: string,
): Promise<{ readonly writer: string; readonly word: ReceiptRecord } | null> {
  const tail = await readJournalTail(disk, root).catch(() => null);
  const word = tail?.records.findLast(({ type }) => type !== 'alive');
  if (tail === null || word?.type !== 'receipt' || word.writer === undefined) return null;
  return { writer: tail.writer, word };
}

/** Copies that were verified on the same day in the same way. */
interface Group {
  readonly how: 'direct' | 'cached';
  /** The oldest of them. */
  verifiedMs: number;
  readonly blobs: string[];
}

function addTo(
  groups: Map<string, Group>,
  copy: { readonly digits: string; readonly verifiedMs: number; readonly how: Group['how'] },
): void {
  const key = `${copy.how} ${Math.floor(copy.verifiedMs / DAY_MS)}`;
  const group = groups.get(key) ?? { how: copy.how, verifiedMs: copy.verifiedMs, blobs: [] };
  groups.set(key, group);
  group.verifiedMs = Math.min(group.verifiedMs, copy.verifiedMs);
  group.blobs.push(copy.digits);
}

function* portions(blobs: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < blobs.length; start += LIMITS.receiptBlobsMax) {
    yield blobs.slice(start, start + LIMITS.receiptBlobsMax);
  }
}
