import type { BlobId } from '../../base/index.ts';
import {
  DEFAULT_POLICY,
  type Mark,
  type Occasion,
  type PlanFrame,
  type Policy,
} from '../../priority/index.ts';
import type { FrameFacts } from '../../query/index.ts';

/** What is known of the frames that the vaults of a run hold. */
export interface HeldFrames {
  /** By content of the picture that stands for a frame. */
  readonly byContent: ReadonlyMap<BlobId, readonly FrameFacts[]>;
  /** With their copies on these vaults; none of them is at hand. */
  readonly frames: readonly PlanFrame[];
  /** By vault id: stored bytes of what is part of no frame. */
  readonly otherBytes: ReadonlyMap<string, number>;
}

/** What tiers are told by, beyond what lies on the cards: the caller knows the pictures. */
export interface Tiering {
  /** Of the primary vault; it holds for the mirrors of a run too. */
  readonly policy: Policy;
  readonly marks: readonly Mark[];
  /** Asked only where it makes a difference, and at most once in a run: it takes a while. */
  held(): Promise<HeldFrames>;
}

/** The default policy, and nothing known. */
export const PLAIN_TIERING: Tiering = {
  policy: DEFAULT_POLICY,
  marks: [],
  held: async () => ({ byContent: new Map(), frames: [], otherBytes: new Map() }),
};

/** How frames are chosen and put in order. */
export interface TierOptions {
  /** What tiers are told by; left out, the default policy and what lies on the cards. */
  readonly tiering?: Tiering | undefined;
  /** What is happening: tiers may ask for another time. Left out: a session. */
  readonly occasion?: Occasion | undefined;
}
