import type { BlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { FrameCopy, PlanFrame } from '../priority/index.ts';
import type { FrameFacts } from '../query/index.ts';
import type { Vault } from '../vault/index.ts';
import { ExpectedBytes, storedBytesOf } from './expected-bytes.ts';
import { type Library, readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { allStates, type StoredPart } from './states.ts';

/** What is known of the frames that some vaults hold. */
export interface HeldFrames {
  /** By content of the picture that stands for a frame. */
  readonly byContent: ReadonlyMap<BlobId, readonly FrameFacts[]>;
  /** Each once, with its copies on these vaults. */
  readonly frames: readonly PlanFrame[];
  /** By vault id: stored bytes of what is part of no frame. */
  readonly otherBytes: ReadonlyMap<string, number>;
}

/** Joins what vaults hold into frames with their copies. What the first vault knows of a frame counts. */
export async function heldFrames(
  world: Pick<World, 'disk' | 'clock'>,
  vaults: readonly Vault[],
): Promise<HeldFrames> {
  const byContent = new Map<BlobId, FrameFacts[]>();
  const frames = new Map<string, PlanFrame>();
  const otherBytes = new Map<string, number>();
  for (const vault of vaults) {
    const library = await readLibrary(world, vault, allStates(vault.ledger));
    const parts = new Map(library.frames.map((one) => [one.frame.id, one.parts] as const));
    const expected = new ExpectedBytes(vault.ledger);
    for await (const facts of libraryFacts(world, vault, library, { type: 'all' })) {
      const own = parts.get(facts.id) ?? [];
      const [primary] = own;
      if (frames.has(facts.id) || primary === undefined) continue;
      const copies = [...vaults.flatMap((one) => copyOf(one, own) ?? []), ...toldOf(vaults, own)];
      const bytes = own.reduce((sum, { blob, path }) => sum + expected.of(blob, path), 0);
      const compactBytes = bytes < facts.sizeBytes ? bytes : null;
      frames.set(facts.id, { facts, copies, compactBytes, isAtHand: false });
      const same = byContent.get(primary.blob);
      if (same === undefined) byContent.set(primary.blob, [facts]);
      else same.push(facts);
    }
    otherBytes.set(vault.identity.id, bytesBeside(vault, library));
  }
  return { byContent, frames: [...frames.values()], otherBytes };
}

/** Whole copies on vaults that are not here, as those that are have seen them; what they take there is not known. */
function toldOf(vaults: readonly Vault[], parts: readonly StoredPart[]): FrameCopy[] {
  const here = new Set(vaults.map(({ identity }) => identity.id));
  const verifiedMs = new Map<string, { parts: number; oldestMs: number }>();
  for (const { blob } of parts) {
    const newest = new Map<string, number>();
    for (const { ledger } of vaults) {
      for (const { vault, verifiedMs: ms } of ledger.replicas.receiptsOf(blob)) {
        if (!here.has(vault)) newest.set(vault, Math.max(ms, newest.get(vault) ?? 0));
      }
    }
    for (const [vault, ms] of newest) {
      const { parts: seen, oldestMs } = verifiedMs.get(vault) ?? { parts: 0, oldestMs: ms };
      verifiedMs.set(vault, { parts: seen + 1, oldestMs: Math.min(oldestMs, ms) });
    }
  }
  return [...verifiedMs]
    .filter(([, { parts: seen }]) => seen === parts.length)
    .map(([vault, { oldestMs }]) => ({
      vault,
      form: 'verbatim',
      storedBytes: 0,
      missingBytes: 0,
      verifiedMs: oldestMs,
    }));
}

/** What a vault holds of a frame; null where that is nothing. */
function copyOf({ identity, ledger }: Vault, parts: readonly StoredPart[]): FrameCopy | null {
  let [storedBytes, missingBytes, verifiedMs] = [0, 0, Number.POSITIVE_INFINITY];
  let form: FrameCopy['form'] = 'verbatim';
  for (const { blob, sizeBytes } of parts) {
    const stored = ledger.blobs.get(blob);
    if (stored === undefined || !ledger.holds(blob)) {
      missingBytes += sizeBytes;
      continue;
    }
    storedBytes += storedBytesOf(stored);
    verifiedMs = Math.min(verifiedMs, ledger.verifiedMs(blob));
    if (stored.places.every((place) => place.form !== 'verbatim')) form = 'compact';
  }
  if (!Number.isFinite(verifiedMs)) return null;
  return { vault: identity.id, form, storedBytes, missingBytes, verifiedMs };
}

function bytesBeside({ ledger }: Vault, { frames }: Library): number {
  const inFrames = new Set(frames.flatMap(({ parts }) => parts.map(({ blob }) => blob)));
  let bytes = 0;
  for (const [id, stored] of ledger.blobs) if (!inFrames.has(id)) bytes += storedBytesOf(stored);
  return bytes;
}
