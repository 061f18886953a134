import type { BackupPlan } from '../index.ts';
import type { Session } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';

type Relief = BackupPlan['relief'][number];

/** Frames that wait, shown to people; `--json` has them all. */
const SHOWN_MAX = 20;

/** Prints a whole plan: by tier, by vault, every step for programs, what waits and what would make room. */
export function tellPlan(session: Session, plan: BackupPlan): void {
  const { output } = session;
  for (const share of plan.tiers) {
    const { tier, frames, bytes, framesWaiting } = share;
    const waits = framesWaiting > 0 ? `, ${framesWaiting} of them wait` : '';
    const count = formatCount(frames, 'frame').padStart(14);
    output.list(
      { type: 'tier', ...share },
      `  ${tier.padEnd(12)} ${count}  ${formatBytes(bytes).padStart(9)} to copy${waits}`,
    );
  }
  for (const { act, frame, ...step } of output.isJson ? plan.steps : []) {
    output.list({ type: act, frame, path: plan.paths.get(frame) ?? null, ...step }, '');
  }
  for (const share of plan.vaults) {
    const { path, protectBytes, compactFrames, freedBytes, freeAfterBytes } = share;
    const frees =
      compactFrames > 0
        ? `, compacts ${formatCount(compactFrames, 'frame')} (about ${formatBytes(freedBytes)} less)`
        : '';
    output.list(
      { type: 'vault', ...share },
      `  ${path}: takes ${formatBytes(protectBytes)}${frees}, leaves ${formatBytes(freeAfterBytes)} free`,
    );
  }
  if (plan.untouchable > 0) {
    const frames = formatCount(plan.untouchable, 'frame stays', 'frames stay');
    output.say(`  ${frames} verbatim: their tier lets nothing touch them`);
  }
  tellWaiting(session, plan);
  tellRelief(session, plan);
}

const WHY: Readonly<Record<BackupPlan['waiting'][number]['why'], string>> = {
  'no-room': 'no room',
  'too-large': 'larger than the drive',
  reserve: 'the room left is kept for more precious tiers',
  quota: 'its tier has all the room it may have',
  power: 'compaction would make room, on mains power',
  'not-due': 'its tier comes another time; --now takes it now',
  'too-few-vaults': 'it wants more vaults than there are',
  'not-at-hand': 'it cannot be read',
};

function tellWaiting({ output }: Session, { waiting }: BackupPlan): void {
  for (const [index, one] of waiting.entries()) {
    const { path, tier, why, sizeBytes } = one;
    const line = `  waits: ${path}  (${tier}, ${formatBytes(sizeBytes)}): ${WHY[why]}`;
    if (output.isJson || index < SHOWN_MAX) output.list({ type: 'waiting', ...one }, line);
  }
  const left = waiting.length - SHOWN_MAX;
  if (left > 0) output.say(`  and ${formatCount(left, 'more', 'more')}; --json lists them all.`);
}

/** Says what would make room for what waits. */
export function tellRelief(
  { output }: Session,
  { relief, vaults, absentReplicas }: BackupPlan,
): void {
  for (const one of relief) {
    const path = vaults.find(({ vault }) => vault === one.vault)?.path ?? one.vault;
    const frames = formatCount(one.frames, 'frame waits', 'frames wait');
    output.list(
      { type: 'relief', path, ...one },
      `  ${frames} for room in ${path}. What would make enough: ${waysOf(one)}.`,
    );
  }
  for (const { tier, replica } of absentReplicas) {
    output.list(
      { type: 'absent', tier, replica },
      `  The policy sends ${tier} to "${replica}", which is not among these vaults.`,
    );
  }
}

function waysOf({ ways }: Relief): string {
  const texts = ways.map((way) => {
    const bytes = formatBytes(way.bytes);
    switch (way.kind) {
      case 'free-space':
        return `${bytes} of free space`;
      case 'mains-power':
        return `compaction on mains power (about ${bytes})`;
      case 'allow-compact':
        return `letting ${way.tier} be compacted (about ${bytes})`;
      case 'raise-quota':
        return `a quota of ${way.tier} that is ${bytes} larger`;
      default:
        return way satisfies never;
    }
  });
  return texts.length === 0 ? 'nothing is known' : texts.join(', or ');
}
