import { FieldVaultError } from '../base/index.ts';
import { speakerOf, type World } from '../platform/index.ts';
import { lastMarks } from '../priority/index.ts';
import { nearestName, type Query } from '../query/index.ts';
import type { MarkedFrame, MarkRecord, Vault } from '../vault/index.ts';
import { appendRecords } from './append-records.ts';
import { findFrames } from './find.ts';
import { marksOf, policyOf } from './tiering.ts';

/** What a mark did. */
export interface MarkReport {
  /** Frames that fit the query, and their bytes. */
  readonly frames: number;
  readonly bytes: number;
  /** Those of them that had not this word already. */
  readonly marked: number;
  readonly who: string;
}

/** Frames of one line: with ids and paths well below the longest line. */
const LINE_TEXT_MAX = 131_072;

/**
 * Records a person's word about all frames that fit a query: it wins over every rule, until it is taken back.
 * @param tier name of a tier of the policy in force; null takes earlier words back
 * @throws FieldVaultError BAD_USAGE (no such tier), LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function markFrames(
  world: World,
  vault: Vault,
  query: Query,
  tier: string | null,
): Promise<MarkReport> {
  if (tier !== null) assertTier(vault, tier);
  const who = speakerOf(world.host);
  const last = lastMarks(marksOf(vault));
  const { frames } = await findFrames(world, vault, query);
  const changed = frames.filter(({ id }) => (last.get(id)?.tier ?? null) !== tier);
  const time = new Date(world.clock.nowMs()).toISOString();
  const named = changed.map(({ id, paths }) => ({ id, path: paths[0] ?? '' }));
  const records = inLines(named).map(
    (line): MarkRecord => ({ type: 'mark', frames: line, tier, who, time }),
  );
  if (records.length > 0) await appendRecords(world, vault, records);
  const bytes = frames.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { frames: frames.length, bytes, marked: changed.length, who };
}

function assertTier(vault: Vault, tier: string): void {
  const names = policyOf(vault).policy.tiers.map(({ name }) => name);
  if (names.includes(tier)) return;
  const nearest = nearestName(tier, names);
  const meant = nearest === null ? '' : ` Did you mean "${nearest}"?`;
  throw new FieldVaultError(
    'BAD_USAGE',
    `The policy in force has no tier "${tier}"; it has ${names.join(', ')}.${meant} Nothing was changed.`,
    { details: { tier } },
  );
}

function inLines(frames: readonly MarkedFrame[]): MarkedFrame[][] {
  const lines: MarkedFrame[][] = [];
  let left = 0;
  for (const frame of frames) {
    const length = JSON.stringify(frame).length;
    if (left < length) {
      lines.push([]);
      left = LINE_TEXT_MAX;
    }
    lines.at(-1)?.push(frame);
    left -= length;
  }
  return lines;
}
