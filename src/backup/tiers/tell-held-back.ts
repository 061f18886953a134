import { type IssueLog, LIMITS } from '../../base/index.ts';
import type { Waiting, WaitWhy } from '../../priority/index.ts';
import { type BackupRun, holdBack } from '../run.ts';
import type { Target } from '../target.ts';
import { shownPath } from '../work.ts';
import type { HeldBack, WorkPlan } from './plan-work.ts';

/** Names every file that the plan does not protect now, and why. */
export function tellHeldBack(run: BackupRun, { plan, heldBack }: WorkPlan<Target>): void {
  const waiting = new Map(plan.waiting.map((one) => [one.frame, one]));
  const freeAfter = new Map(plan.vaults.map((one) => [one.vault, one.freeAfterBytes]));
  for (const one of heldBack) {
    const why = waiting.get(one.frame);
    const free = freeAfter.get(one.target.vault.identity.id) ?? 0;
    const hasRoom = free >= one.item.found.sizeBytes + LIMITS.reserveBytes;
    if (one.isAsked) tellOne(run, one, why, hasRoom);
    else if (why?.why === 'too-few-vaults' && why.copiesHeld + why.copiesPlanned === 0) {
      addIssue(run.issues, one, sentenceOf('too-few-vaults', why));
    }
  }
}

function tellOne(
  run: BackupRun,
  one: HeldBack<Target>,
  waiting: Waiting | undefined,
  hasRoom: boolean,
): void {
  const why = waiting?.why ?? 'no-room';
  if (why !== 'no-room' && why !== 'too-large' && waiting !== undefined) {
    addIssue(run.issues, one, sentenceOf(why, waiting));
  } else if (hasRoom && waiting === undefined) addIssue(run.issues, one, KEPT_OUT);
  else holdBack(run, one.item, one.target);
}

/** Of a copy beyond those that are wanted. */
const KEPT_OUT =
  'other vaults have the copies it wants, and the room that is left here is kept for what has none.';

function addIssue(issues: IssueLog, { item, target }: HeldBack<Target>, why: string): void {
  issues.add(
    'HELD_BACK',
    shownPath(item),
    `This file is NOT protected in ${target.vault.root} now: ${why}`,
  );
}

const SENTENCES: Readonly<Record<WaitWhy, string>> = {
  'no-room': 'the drive has no room.',
  'too-large': 'it is larger than the drive.',
  reserve: 'the room that is left is kept for more precious tiers.',
  quota: 'its tier has all the room that the policy gives it.',
  power: 'compaction would make room for it: run "compact", on mains power.',
  'not-due': 'its tier is taken care of at another time; --now takes all tiers now.',
  'too-few-vaults':
    'the policy sends its tier to other vaults. Name one of them as --vault or --mirror.',
  'not-at-hand': 'it could not be read.',
};

function sentenceOf(why: WaitWhy, { tier }: Waiting): string {
  return `${SENTENCES[why]} It is of the tier ${tier}.`;
}
