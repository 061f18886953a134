import { type CardContent, cardContents } from './backup/index.ts';
import { type Issue, IssueLog } from './base/index.ts';
import { type ContentTiers, stricter, tiersByContent } from './learn/index.ts';
import {
  absolutePath as absoluteFolder,
  makeScratchFolder,
  onInterrupt,
  openNodeWorld,
  type World,
} from './platform/index.ts';
import { type HeldCopy, type SafeVerdict, safeVerdict, type Tier } from './priority/index.ts';
import { isObjectPath, objectPath, withS3 } from './store/index.ts';
import { findSnapshot, type SnapshotSummary, type Vault } from './vault/index.ts';

export { makeScratchFolder, onInterrupt };

/**
 * The real world: this machine's disks, clock and threads, and S3 buckets under paths that begin with `s3://`. Close its
 * workers at the end.
 */
export function openWorld(): World {
  return withS3(openNodeWorld());
}

/**
 * Our form of a path that a person typed: absolute, from the working folder, with '/' between names; or of the address of
 * a vault in a bucket, `s3://bucket/folder`.
 * @throws FieldVaultError BAD_USAGE where the address cannot be a vault's
 */
export function absolutePath(path: string): string {
  return isObjectPath(path) ? objectPath(path) : absoluteFolder(path);
}

/** How cards are looked at before they are formatted. */
export interface SafeOptions {
  /** Reads every file of the cards that a vault may have, instead of trusting size and time as a backup does. */
  readonly readData?: boolean;
  /** Receipts of vaults that are not connected count up to this age, in milliseconds; left out: whatever their age. */
  readonly receiptAgeMsMax?: number;
  readonly signal?: AbortSignal;
  readonly onIssue?: (issue: Issue) => void;
}

/** May these cards be formatted? */
export interface SafeReport extends SafeVerdict {
  /** Files held whose picture nobody looked at yet: their tier is told without what is said of them. */
  readonly unlearned: number;
  /** Not all was looked at: then nothing is safe. */
  readonly isInterrupted: boolean;
}

/**
 * Says whether every file of some cards is verified on as many distinct vaults as its tier wants. Each vault tells tiers
 * by its own policy, marks and facts; the one that wants most copies counts. Vaults that are not connected count by the
 * receipts of those that are. A file that nobody looked at must have the copies of the tier that wants most. Changes nothing.
 * @throws FieldVaultError SOURCE_MISSING, UNSUPPORTED_FORMAT (a policy that is not understood)
 */
export async function safeToFormat(
  world: World,
  vaults: readonly Vault[],
  cards: readonly string[],
  options: SafeOptions = {},
): Promise<SafeReport> {
  const { readData, signal, onIssue, receiptAgeMsMax = null } = options;
  const tiers: ContentTiers[] = [];
  for (const vault of vaults) tiers.push(await tiersByContent(world, vault));
  const look = { issues: new IssueLog(onIssue), signal, readData };
  const { files, unread } = await cardContents(world, vaults, cards, look);
  const copiesMax = Math.max(...tiers.map((one) => one.copiesMax));
  const isUnlearned = ({ blob }: CardContent): boolean =>
    blob !== null &&
    tiers.some(({ unlearned }) => unlearned.has(blob)) &&
    tiers.every(({ byBlob, unlearned }) => !byBlob.has(blob) || unlearned.has(blob));
  const verdict = safeVerdict({
    files: files.map((file) => {
      const { path, sizeBytes, blob, heldMs } = file;
      const tier = tierOfContent(tiers, blob);
      const copies = [...copiesOf(heldMs), ...receiptsOf(vaults, blob)];
      const copiesAtMost = isUnlearned(file) ? copiesMax : tier.copies;
      return { path, sizeBytes, tier, copies, copiesAtMost };
    }),
    unread,
    nowMs: world.clock.nowMs(),
    receiptAgeMsMax,
  });
  const isInterrupted = signal?.aborted === true;
  return {
    ...verdict,
    isSafe: verdict.isSafe && !isInterrupted,
    unlearned: files.filter(isUnlearned).length,
    isInterrupted,
  };
}

function tierOfContent(tiers: readonly ContentTiers[], blob: CardContent['blob']): Tier {
  // A vault that has never seen a content has nothing to say of it.
  const told = tiers.flatMap(({ byBlob }) => (blob === null ? [] : (byBlob.get(blob) ?? [])));
  return (told.length > 0 ? told : tiers.map(({ rest }) => rest)).reduce(stricter);
}

/** What vaults that are not connected were seen to hold when they were last synced with one that is. */
function receiptsOf(vaults: readonly Vault[], blob: CardContent['blob']): HeldCopy[] {
  if (blob === null) return [];
  const connected = new Set(vaults.map(({ identity }) => identity.id));
  return vaults
    .flatMap(({ ledger }) => ledger.replicas.receiptsOf(blob))
    .filter(({ vault }) => !connected.has(vault))
    .map(({ vault, verifiedMs }) => ({ vault, told: 'receipt', verifiedMs }));
}

function copiesOf(heldMs: CardContent['heldMs']): HeldCopy[] {
  return [...heldMs].map(([{ identity }, verifiedMs]) => ({
    vault: identity.id,
    told: 'vault',
    verifiedMs,
  }));
}

/**
 * Finds a snapshot by `latest`, its id or a unique start of its id.
 * @throws FieldVaultError NO_SUCH_SNAPSHOT
 */
export function findSnapshotOf(vault: Vault, name: string): SnapshotSummary {
  return findSnapshot(vault.ledger, name);
}

/**
 * Calls back four times a second while a long act runs, for displays.
 * @returns a function that ends it
 */
export function watchProgress<P>(
  world: World,
  progress: P,
  onTick: (progress: P) => void,
): () => void {
  return world.clock.every(250, () => onTick(progress));
}
