import { type Issue, IssueLog } from '../base/index.ts';
import { openRecordReader, type RecordReader } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { catalogsToLearn, learnCatalogs } from './catalog-facts.ts';
import { dropDamagedFacts } from './drop-damaged.ts';
import { FactsKeeper } from './facts-keeper.ts';
import type { Learning } from './learning.ts';
import { learnLooks, looksToLearn } from './looks.ts';
import { learnRecords, recordsToLearn } from './records.ts';

/** How learning is watched and ended. */
export interface LearnOptions {
  /** Vaults that keep the same facts. */
  readonly mirrors?: readonly Vault[];
  /** Ends it early; the next time goes on there. */
  readonly signal?: AbortSignal;
  /** Told the files done and the files there are; a picture counts once for its look and once for its full record. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly onIssue?: (issue: Issue) => void;
  /** Reads full records; left out, ExifTool does where files can be reached by other programs. */
  readonly records?: RecordReader;
  /** Compaction waits for it to make room, or a person does: facts are kept on a drive that is nearly full, too. */
  readonly isForRoom?: boolean;
}

/** What was learned. */
export interface LearnReport {
  /** Pictures and sidecars that were looked at. */
  readonly looks: number;
  /** Full records read. */
  readonly records: number;
  readonly catalogs: number;
  readonly isInterrupted: boolean;
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  readonly durationMs: number;
}

/**
 * Learns what the vault does not know yet of its pictures, sidecars and catalogs, and keeps it as facts: first what
 * each file tells at once, then its full record, then catalogs. Only reads originals. Whatever cannot be understood is
 * an issue; a vault that cannot be written keeps its pictures and learns another time.
 */
export async function learn(
  world: World,
  vault: Vault,
  options: LearnOptions = {},
): Promise<LearnReport> {
  const startMs = world.clock.monotonicMs();
  const issues = new IssueLog(options.onIssue);
  const vaults = [vault, ...(options.mirrors ?? [])];
  const counts = { looks: 0, records: 0, catalogs: 0 };
  for (const one of vaults) await dropDamagedFacts(world, one).catch(() => 0);
  const looks = looksToLearn(vaults);
  const records = recordsToLearn(vaults, world, options.records !== undefined);
  const catalogs = catalogsToLearn(vaults, world);
  const total = looks.length + records.length + catalogs.length;
  if (total > 0) {
    const keeper = await FactsKeeper.open(world, vaults, {
      issues,
      isForRoom: options.isForRoom === true,
    });
    let done = 0;
    const onDone = (): void => {
      done += 1;
      options.onProgress?.(done, total);
    };
    const learning: Learning = {
      vaults,
      keeper,
      issues,
      signal: options.signal,
      quick: new Map(),
      troubled: new Set(),
      onDone,
    };
    try {
      counts.looks = await learnLooks(world, learning, looks);
      const reader =
        options.records ?? openRecordReader({ processes: Math.min(world.workers.count, 4) });
      try {
        counts.records = await learnRecords(world, learning, records, reader);
      } finally {
        if (options.records === undefined) await reader.close();
      }
      counts.catalogs = await learnCatalogs(world, learning, catalogs);
    } finally {
      await keeper.close();
    }
  }
  return {
    ...counts,
    isInterrupted: options.signal?.aborted === true,
    issues: issues.kept,
    issueCount: issues.count,
    durationMs: world.clock.monotonicMs() - startMs,
  };
}
