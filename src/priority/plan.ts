import type { FrameFacts } from '../query/index.ts';
import type { Forms, Policy } from './policy.ts';
import type { Mark } from './tier-of.ts';

/** A moment, and the local time that days and date words are told in. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Minutes that local time is ahead of UTC. */
  readonly offsetMinutes: number;
}

/** What one vault holds of a frame; only what was verified there counts. */
export interface FrameCopy {
  /** Id of the vault. */
  readonly vault: string;
  readonly form: Forms;
  /** Bytes it takes there. */
  readonly storedBytes: number;
  /** Bytes of its files that are not verified there; 0: the frame is held whole. */
  readonly missingBytes: number;
  /** When its bytes were last read and right, in milliseconds since 1970. */
  readonly verifiedMs: number;
}

/** A frame, or a file that belongs to none, with what is known and held of it. */
export interface PlanFrame {
  /** `id` names the frame in marks and plans; `sizeBytes` is what it takes verbatim. */
  readonly facts: FrameFacts;
  /** What it is expected to take compacted; null where nothing would be gained. */
  readonly compactBytes: number | null;
  /** Whether its bytes can be read now: from its card, or from a vault that is connected. */
  readonly isAtHand: boolean;
  /** At most one for each vault, those not connected too. */
  readonly copies: readonly FrameCopy[];
}

/** A vault that frames can go to. */
export interface PlanVault {
  readonly id: string;
  readonly label: string;
  /** Vaults of a lower rank are filled first; where it is the same, ids decide. */
  readonly rank: number;
  readonly isConnected: boolean;
  /** A mirror: beyond the copies that are wanted it takes all that fits. */
  readonly takesAll: boolean;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Bytes by tier of frames that are not among those of the plan; they count for quotas. */
  readonly otherBytes: Readonly<Record<string, number>>;
}

/** What is happening: a frame arrived, a session was begun, nothing else is to do, or all tiers are asked for. */
export type Occasion = 'arrival' | 'session' | 'idle' | 'everything';

/** All that a plan is made from. */
export interface PlanInput {
  readonly frames: readonly PlanFrame[];
  readonly vaults: readonly PlanVault[];
  readonly policy: Policy;
  readonly marks: readonly Mark[];
  readonly now: Moment;
  readonly occasion: Occasion;
  /** When daily tiers were last taken care of; null: never. */
  readonly lastDailyMs: number | null;
  readonly power: 'mains' | 'battery' | 'unknown';
  /** Whether compaction may run on battery. */
  readonly compactsOnBattery: boolean;
}

/** One step of a plan. Steps of one vault are done in their order; vaults do not wait for each other. */
export type Step =
  | {
      readonly act: 'protect';
      readonly frame: string;
      readonly tier: string;
      readonly vault: string;
      readonly bytes: number;
      /** A copy that is wanted, a verbatim one where only a compacted one is, or one more on a mirror. */
      readonly why: 'wanted' | 'verbatim' | 'mirror';
    }
  | {
      readonly act: 'compact';
      readonly frame: string;
      readonly tier: string;
      readonly vault: string;
      /** Expected bytes of the new form: the old one goes only after the new one is proven. */
      readonly bytes: number;
      readonly freesBytes: number;
    };

/** Why a frame waits. */
export type WaitWhy =
  | 'no-room'
  /** The room that is left is kept for more precious tiers, or for compaction to work in. */
  | 'reserve'
  | 'quota'
  /** Compaction would make the room; it waits for mains power. */
  | 'power'
  /** The drive could not hold it if it were empty. */
  | 'too-large'
  /** Its tier is taken care of at another time. */
  | 'not-due'
  | 'too-few-vaults'
  /** Neither its card nor a vault that has it is connected. */
  | 'not-at-hand';

/** A frame that has fewer copies than it wants after this plan, and what is in the way. */
export interface Waiting {
  readonly frame: string;
  /** Path of the picture that stands for it. */
  readonly path: string;
  readonly tier: string;
  readonly sizeBytes: number;
  readonly copiesWanted: number;
  readonly copiesHeld: number;
  readonly copiesPlanned: number;
  readonly why: WaitWhy;
  /** The vault it would go to first; null where there is none. */
  readonly vault: string | null;
  /** How much that vault lacks for this frame alone. */
  readonly shortBytes: number;
}

/** One way to make room on a vault. */
export type Way =
  | { readonly kind: 'free-space'; readonly bytes: number }
  | { readonly kind: 'mains-power'; readonly bytes: number }
  | { readonly kind: 'allow-compact'; readonly tier: string; readonly bytes: number }
  | { readonly kind: 'raise-quota'; readonly tier: string; readonly bytes: number };

/** What would free enough room on one vault for all that waits for it. */
export interface Relief {
  readonly vault: string;
  readonly frames: number;
  /** Free bytes that are lacking: with so many more, nothing waits for room here. */
  readonly shortBytes: number;
  readonly ways: readonly Way[];
}

/** What a plan does on one vault. */
export interface VaultPlan {
  readonly vault: string;
  readonly protectFrames: number;
  readonly protectBytes: number;
  readonly compactFrames: number;
  readonly freedBytes: number;
  /** Expected when all is done. */
  readonly freeAfterBytes: number;
  /** Copies beyond those wanted, and verbatim ones beside compacted ones, that have no room here. */
  readonly extrasLeftOut: number;
}

/** What is to be done now, as data. No plan deletes anything. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Every frame that has fewer copies than it wants after this plan, the most precious first. */
  readonly waiting: readonly Waiting[];
  readonly relief: readonly Relief[];
  readonly vaults: readonly VaultPlan[];
  /** Frames whose stored bytes nothing may change: their tier is verbatim only. */
  readonly untouchable: readonly string[];
  /** Marks that name a tier this policy does not have. */
  readonly idleMarks: readonly Mark[];
  /** Replicas of the policy that are no vault of this plan: tier and label. */
  readonly absentReplicas: readonly { readonly tier: string; readonly replica: string }[];
}
