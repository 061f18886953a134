import type { BurstHint } from '../burst-hint.ts';
import type { SeriesKind } from '../maker-tables.ts';

/** What grouping has to know of a frame; everything but the id and the folder may be unknown. */
export interface GroupFrame {
  /** No two frames have the same. */
  readonly id: string;
  /** Make, model and serial number with `|` between; an unknown part is empty. Null where nothing is known. */
  readonly body: string | null;
  readonly lens: string | null;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number | null;
  /** Local time as the camera's clock said it, milliseconds. */
  readonly takenMs: number | null;
  readonly hasSubSeconds: boolean;
  /** The number in the file's name. */
  readonly fileNumber: number | null;
  readonly folder: string;
  /** 256 bits as 64 hex digits; null where there is no look. */
  readonly fingerprint: string | null;
  /** How much there is to see, as the look says; null counts as enough. */
  readonly quality: number | null;
  /** Exposure-normalised tone and colour of the look; null where unknown. */
  readonly tone: readonly number[] | null;
  readonly colour: readonly number[] | null;
  /** Stops. */
  readonly exposureBias: number | null;
  readonly shutterSeconds: number | null;
  /** The f-number. */
  readonly aperture: number | null;
  readonly iso: number | null;
  /** Metres. */
  readonly focusDistance: number | null;
  readonly hint: BurstHint | null;
  /** The group a person put the frame in. */
  readonly userGroup: string | null;
}

/** What holds a group together; `look-alikes` is one shot with its copies and edits, `user` a person's word. */
export type GroupKind = SeriesKind | 'look-alikes' | 'user';

/** One frame of a group. */
export interface GroupMember {
  readonly id: string;
  /** Bits of 256 that differ from the group's first frame; null where one of the two has no look. */
  readonly distance: number | null;
  /** How sure the membership is, 0 to 1; the first frame has 1. */
  readonly score: number;
}

/** Frames that belong together, the first one first. */
export interface Group {
  /** Made of the kind and the first frame's id: the same again as long as that frame is the first. */
  readonly id: string;
  readonly kind: GroupKind;
  readonly frames: readonly GroupMember[];
  /** Why they belong together, as a sentence. */
  readonly reason: string;
  /** Mean score of all frames but the first. */
  readonly score: number;
}
