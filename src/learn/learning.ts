import type { BlobId, IssueLog } from '../base/index.ts';
import type { QuickFacts } from '../metadata/index.ts';
import type { Vault } from '../vault/index.ts';
import type { FactsKeeper } from './facts-keeper.ts';
import type { Unlearned } from './unlearned.ts';

/** Learning under way. */
export interface Learning {
  /** The vaults that learn, the first one first. */
  readonly vaults: readonly Vault[];
  readonly keeper: FactsKeeper;
  readonly issues: IssueLog;
  readonly signal: AbortSignal | undefined;
  /** What was seen at first of the pictures that were looked at now. */
  readonly quick: Map<BlobId, QuickFacts>;
  /** Files whose trouble was told. */
  readonly troubled: Set<BlobId>;
  /** Called once for each file that is done. */
  readonly onDone: () => void;
}

/** Whether there is a reason to go on. */
export function goesOn({ keeper, signal }: Learning): boolean {
  return keeper.isOpen && signal?.aborted !== true;
}

/** The items while there is a reason to go on. */
export function* whileLearning<T>(learning: Learning, items: Iterable<T>): Generator<T> {
  for (const item of items) {
    if (!goesOn(learning)) return;
    yield item;
  }
}

/** Tells once that a file's metadata could not be understood. */
export function tellTrouble(learning: Learning, { blob, path }: Unlearned, trouble: string): void {
  if (learning.troubled.has(blob)) return;
  learning.troubled.add(blob);
  learning.issues.add(
    'METADATA_UNREADABLE',
    path,
    `The metadata of this file could not be understood (${trouble}). The file itself is protected bit for bit.`,
  );
}
