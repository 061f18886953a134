import {
  type CompactReport,
  type CompactOptions as ContentOptions,
  compact as compactContents,
} from './backup/index.ts';
import { compactChoice, type LearnReport, learn } from './learn/index.ts';
import type { RecordReader } from './metadata/index.ts';
import type { World } from './platform/index.ts';
import type { Query } from './query/index.ts';
import { openTimeBox } from './time-box.ts';
import { openVault, type Vault } from './vault/index.ts';

/** What is compacted, and what ends it early. */
export interface CompactOptions
  extends Omit<ContentOptions, 'mayCompact' | 'siblingOf' | 'mustStandAlone' | 'mustBeVerbatim'> {
  /** Only parts of frames that fit. */
  readonly where?: Query;
  /** False: what nobody looked at yet stays as it is, instead of being looked at first. */
  readonly learn?: boolean;
  /** False: what its tier wants verbatim again stays as it is, as room is to be made. */
  readonly returnsVerbatim?: boolean;
  /** Reads full records; left out, ExifTool does where files can be reached by other programs. */
  readonly records?: RecordReader;
}

/** What was compacted, and what was learned before it; null where nothing was to be learned. */
export interface CompactAndLearnReport extends CompactReport {
  /** Contents that stay verbatim until somebody looked at them. */
  readonly unlearned: number;
  readonly learned: LearnReport | null;
}

/**
 * Stores in fewer bytes, exactly, what its tier allows: JPEG and RAW files recoded, those of a burst beside each
 * other, later versions of catalogs and other files as changes of earlier ones. Each form is decoded and compared with
 * the original before the verbatim file goes. Pictures are looked at first: a recoded one can be learned from no more.
 * What its tier wants verbatim again, as somebody chose it since, is decoded and stored so.
 * @throws FieldVaultError LEASED, UNSUPPORTED_FORMAT (a policy that is not understood), TARGET_READ_ONLY, TARGET_FULL,
 * TARGET_GONE
 */
export async function compact(
  world: World,
  vault: Vault,
  { where, learn: isLearning, records, returnsVerbatim, ...options }: CompactOptions = {},
): Promise<CompactAndLearnReport> {
  const box = openTimeBox(world, options);
  try {
    const { isOnBattery } = await world.power.read();
    const mayLearn = isLearning !== false && (options.onBattery === true || !isOnBattery);
    const learned = mayLearn
      ? await learn(world, vault, {
          isForRoom: true,
          signal: box.signal,
          ...(options.onIssue && { onIssue: options.onIssue }),
          ...(records && { records }),
        })
      : null;
    const now = learned === null ? vault : await openVault(world, vault.root);
    const { unlearned, mustBeVerbatim, ...choice } = await compactChoice(world, now, where ?? null);
    const maxMinutes = box.minutesLeft();
    const report = await compactContents(world, now, {
      ...{ ...options, ...choice },
      ...(maxMinutes !== undefined && { maxMinutes }),
      ...(returnsVerbatim !== false && { mustBeVerbatim }),
    });
    return { ...report, unlearned, learned };
  } finally {
    box.close();
  }
}
