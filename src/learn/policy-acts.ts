import { FieldVaultError } from '../base/index.ts';
import { speakerOf, type World } from '../platform/index.ts';
import {
  byOrder,
  lastMarks,
  POLICY_LIMITS,
  type Policy,
  PolicyError,
  parsePolicy,
  type TierChange,
  tierChanges,
  tierOf,
  tierRules,
} from '../priority/index.ts';
import type { FrameFacts } from '../query/index.ts';
import { readSmallFile } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { appendRecords } from './append-records.ts';
import { readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { looksToLearn } from './looks.ts';
import { allStates } from './states.ts';
import { marksOf, momentOf, policyOf } from './tiering.ts';

/** A policy as a file holds it. */
export interface PolicyFile {
  readonly policy: Policy;
  readonly text: string;
}

/**
 * Reads a policy from a YAML file.
 * @throws FieldVaultError BAD_USAGE that names each problem with line and column, or says why the file is none
 */
export async function readPolicyFile(
  world: Pick<World, 'disk'>,
  path: string,
): Promise<PolicyFile> {
  // UTF-8 takes at most 3 bytes for each UTF-16 unit.
  const bytes = await readSmallFile(world.disk, path, POLICY_LIMITS.textMax * 3).catch(() => null);
  if (bytes === null) {
    throw notAPolicy(path, 'there is no file, or one that cannot be read or is too large');
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { policy: parsePolicy(text), text };
  } catch (error) {
    if (error instanceof PolicyError) {
      const { line = 0, column = 0 } = error.problems[0] ?? {};
      throw notAPolicy(path, error.message.replaceAll('\n', '; '), { line, column });
    }
    if (error instanceof TypeError) throw notAPolicy(path, 'the file is no UTF-8 text');
    throw error;
  }
}

function notAPolicy(
  path: string,
  why: string,
  details: Readonly<Record<string, number>> = {},
): FieldVaultError {
  return new FieldVaultError(
    'BAD_USAGE',
    `${path} is no policy that can be understood: ${why}. Nothing was changed.`,
    { details: { path, ...details } },
  );
}

/**
 * Puts a policy in force: a line in the journal, after all earlier ones. No frame moves, nothing is removed.
 * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function setPolicy(world: World, vault: Vault, { text }: PolicyFile): Promise<void> {
  const time = new Date(world.clock.nowMs()).toISOString();
  await appendRecords(world, vault, [{ type: 'policy', text, time, who: speakerOf(world.host) }]);
}

/** How much of a vault is of one tier. */
export interface TierShare {
  readonly tier: string;
  readonly copies: number;
  readonly frames: number;
  readonly bytes: number;
}

/** What a policy would do with the frames a vault knows. */
export interface PolicyTest {
  /** The most precious first; tiers without frames too. */
  readonly tiers: readonly TierShare[];
  /** Against the policy in force, the largest first. */
  readonly changes: readonly TierChange[];
  /** Frames whose mark names a tier that this policy does not have. */
  readonly idleMarks: number;
  /** Captures and sidecars of the vault that nobody looked at yet. */
  readonly unlearned: number;
}

/** Says what each tier of a policy would get of the frames a vault knows, and what would change; changes nothing. */
export async function testPolicy(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
  policy: Policy,
): Promise<PolicyTest> {
  const before = policyOf(vault).policy;
  const library = await readLibrary(world, vault, allStates(vault.ledger));
  const frames: FrameFacts[] = [];
  for await (const facts of libraryFacts(world, vault, library, null)) frames.push(facts);
  const now = momentOf(world);
  const marks = marksOf(vault);
  const rules = tierRules(policy, { localMs: now.timeMs + now.offsetMinutes * 60_000 });
  const last = lastMarks(marks);
  const sums = new Map(
    byOrder(policy).map(({ name, copies }) => [name, { tier: name, copies, frames: 0, bytes: 0 }]),
  );
  let idleMarks = 0;
  for (const facts of frames) {
    const { tier, idleMark } = tierOf(facts, rules, last);
    const sum = sums.get(tier.name);
    if (idleMark !== null) idleMarks += 1;
    if (sum === undefined) continue;
    sum.frames += 1;
    sum.bytes += facts.sizeBytes;
  }
  return {
    tiers: [...sums.values()],
    changes: tierChanges(frames, { before, after: policy, marks, now }),
    idleMarks,
    unlearned: looksToLearn([vault]).length,
  };
}
