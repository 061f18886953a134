import { compareTexts } from './plan-frames.ts';
import type { Tier } from './policy.ts';

/** A verified copy of a file's whole content. */
export interface HeldCopy {
  /** Id of the vault. */
  readonly vault: string;
  /** Seen in the vault itself, or told by a receipt of one that is not connected. */
  readonly told: 'vault' | 'receipt';
  /** When the content was last read there and right, in milliseconds since 1970. */
  readonly verifiedMs: number;
}

/** A file of a card. */
export interface CardFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the frame it belongs to. */
  readonly tier: Tier;
  /** How many copies it may turn out to want once it is looked at; as many as its tier wants where that was done. */
  readonly copiesAtMost: number;
  readonly copies: readonly HeldCopy[];
}

/** A file with fewer copies than its tier wants. */
export interface MissingFile {
  readonly path: string;
  readonly tier: string;
  readonly sizeBytes: number;
  readonly copiesWanted: number;
  readonly copiesHeld: number;
}

/** Files and copies of one tier on a card. */
export interface SafeTier {
  readonly tier: string;
  readonly files: number;
  readonly copiesWanted: number;
  readonly copiesHeld: number;
}

/** May this card be formatted? */
export interface SafeVerdict {
  readonly isSafe: boolean;
  readonly files: number;
  readonly byTier: readonly SafeTier[];
  /** Every file that lacks copies, by path. */
  readonly missing: readonly MissingFile[];
  /** Files that nobody looked at yet, and that have fewer copies than a tier they may turn out to be of wants; by path. */
  readonly undecided: readonly MissingFile[];
  /** What could not be read on the card: nobody knows what it is. */
  readonly unread: readonly string[];
  /** Files whose verdict leans on receipts. */
  readonly filesByReceipt: number;
  /** Age of the oldest receipt the verdict leans on, in milliseconds; null where it leans on none, or a clock is wrong. */
  readonly oldestReceiptMs: number | null;
  /** Receipts that were older than allowed, or dated ahead of now where an age is asked for, and did not count. */
  readonly receiptsRefused: number;
}

/** What a verdict is told from. */
export interface SafeInput {
  readonly files: readonly CardFile[];
  /** Paths of the card that could not be read or listed. */
  readonly unread: readonly string[];
  readonly nowMs: number;
  /** Older receipts do not count; null: all count, and their age is told. */
  readonly receiptAgeMsMax: number | null;
}

/**
 * Says whether every file of a card is verified on as many distinct vaults as its tier wants. Any doubt is a no: a file
 * that could not be read, one whose tier may turn out to want more, and a card on which no file was seen.
 */
export function safeVerdict({ files, unread, nowMs, receiptAgeMsMax }: SafeInput): SafeVerdict {
  const tiers = new Map<string, { order: number; sums: Writable<SafeTier> }>();
  const missing: MissingFile[] = [];
  const undecided: MissingFile[] = [];
  let [filesByReceipt, receiptsRefused] = [0, 0];
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const { path, sizeBytes, tier, copies, copiesAtMost } of files) {
    const isOld = (copy: HeldCopy): boolean =>
      copy.told === 'receipt' && !isYoung(nowMs - copy.verifiedMs, receiptAgeMsMax);
    const counted = distinctVaults(copies.filter((copy) => !isOld(copy)));
    receiptsRefused += copies.filter(isOld).length;
    const copiesWanted = tier.copies;
    const copiesHeld = counted.length;
    if (copiesHeld < copiesWanted) {
      missing.push({ path, tier: tier.name, sizeBytes, copiesWanted, copiesHeld });
    } else if (copiesHeld < copiesAtMost) {
      const { name } = tier;
      undecided.push({ path, tier: name, sizeBytes, copiesWanted: copiesAtMost, copiesHeld });
    }
    // Vaults that were seen stand first: the verdict leans on a receipt only where they are too few.
    const leanedOn = counted
      .slice(0, Math.max(copiesWanted, copiesAtMost))
      .filter(({ told }) => told === 'receipt');
    if (leanedOn.length > 0) filesByReceipt += 1;
    for (const { verifiedMs } of leanedOn) oldestMs = Math.min(oldestMs, verifiedMs);
    const sums = tierSums(tiers, tier);
    sums.files += 1;
    sums.copiesWanted += copiesWanted;
    sums.copiesHeld += Math.min(copiesWanted, copiesHeld);
  }
  const ageMs = nowMs - oldestMs;
  const doubts = missing.length + undecided.length + unread.length;
  return {
    isSafe: files.length > 0 && doubts === 0,
    files: files.length,
    byTier: [...tiers.values()].sort((a, b) => a.order - b.order).map(({ sums }) => sums),
    missing: missing.sort((a, b) => compareTexts(a.path, b.path)),
    undecided: undecided.sort((a, b) => compareTexts(a.path, b.path)),
    unread: unread.toSorted(compareTexts),
    filesByReceipt,
    oldestReceiptMs: filesByReceipt > 0 && ageMs >= 0 ? ageMs : null,
    receiptsRefused,
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** An age below 0 is a wrong clock: it is no proof of being young. */
function isYoung(ageMs: number, ageMsMax: number | null): boolean {
  return ageMsMax === null || (ageMs >= 0 && ageMs <= ageMsMax);
}

/** One copy for each vault: seen ones before told ones, then the latest verified. */
function distinctVaults(copies: readonly HeldCopy[]): HeldCopy[] {
  const seen = new Set<string>();
  return copies
    .toSorted(
      (a, b) =>
        Number(a.told === 'receipt') - Number(b.told === 'receipt') ||
        b.verifiedMs - a.verifiedMs ||
        compareTexts(a.vault, b.vault),
    )
    .filter(({ vault }) => !seen.has(vault) && seen.add(vault));
}

function tierSums(
  tiers: Map<string, { order: number; sums: Writable<SafeTier> }>,
  { name, order }: Tier,
): Writable<SafeTier> {
  const known = tiers.get(name);
  if (known !== undefined) return known.sums;
  const sums = { tier: name, files: 0, copiesWanted: 0, copiesHeld: 0 };
  tiers.set(name, { order, sums });
  return sums;
}
