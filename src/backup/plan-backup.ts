import { type Issue, IssueLog } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { refuseSameVaultTwice, refuseVaultAsSource } from './refusals.ts';
import { findSources } from './sources.ts';
import { survey } from './survey.ts';
import { viewOf } from './target-view.ts';
import { type BackupPlan, planReport } from './tiers/plan-report.ts';
import { planWork } from './tiers/plan-work.ts';
import { PLAIN_TIERING, type TierOptions } from './tiers/tiering.ts';

/** What a plan is made for. */
export interface PlanBackupOptions extends TierOptions {
  readonly mirrors?: readonly Vault[];
  /** Whether compaction may make room; left out: it may not. */
  readonly canCompact?: boolean;
  readonly signal?: AbortSignal;
  /** Called for what of the sources cannot be listed. */
  readonly onIssue?: (issue: Issue) => void;
}

/** Says what a backup of these sources would do now, as data; changes nothing. A catalog that is open counts as it lies. */
export async function planBackup(
  world: World,
  vault: Vault,
  paths: readonly string[],
  options: PlanBackupOptions = {},
): Promise<BackupPlan> {
  const { signal, tiering = PLAIN_TIERING, occasion = 'session', canCompact = false } = options;
  const sources = await findSources(world, paths);
  const vaults = [vault, ...(options.mirrors ?? [])];
  refuseVaultAsSource(sources, vaults);
  refuseSameVaultTwice(vaults);
  const targets = vaults.map((one) => viewOf(one, sources));
  const issues = new IssueLog(options.onIssue);
  const found = await survey(world, { sources, targets, issues }, signal);
  const plan = await planWork(world, { found, targets, tiering, occasion, signal, canCompact });
  return planReport(plan, targets);
}
