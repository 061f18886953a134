import type { Clock } from '../../platform/index.ts';
import type { CaptureDestination } from '../connection.ts';
import type { DeviceInfo, ObjectInfo } from '../ptp/datasets.ts';
import type { Notice } from '../ptp/messages.ts';
import type { RunOptions } from '../ptp/session.ts';
import type { PtpAnswer } from '../ptp/transport.ts';

/** How the cameras of one maker differ from the standard: one small file for each. */
export interface Vendor {
  readonly name: string;
  /** Whether a camera that says this of itself is one of theirs. */
  isFor(info: DeviceInfo): boolean;
  /** Begins to work with one camera. */
  begin(link: VendorLink): VendorSession;
}

/** What a vendor's file may do with a camera. */
export interface VendorLink {
  readonly clock: Clock;
  readonly deviceInfo: DeviceInfo;
  readonly destination: CaptureDestination;
  /** Whether the camera says that it knows the operation. */
  supports(operation: number): boolean;
  /** One transaction. @throws FieldVaultError */
  run(operation: number, params?: readonly number[], options?: RunOptions): Promise<PtpAnswer>;
  /** The same; null where the camera refuses. */
  attempt(
    operation: number,
    params?: readonly number[],
    options?: RunOptions,
  ): Promise<PtpAnswer | null>;
  /** Opens the way of events where it is not open from the beginning. */
  openEvents(): Promise<void>;
  readonly tell: VendorNews;
}

/** What a vendor's file tells of a camera. Numbers are the camera's own handles. */
export interface VendorNews {
  added(raw: number): void;
  removed(raw: number): void;
  captureComplete(): void;
  storeFull(): void;
  changed(): void;
  /** Noticed, and gone on with. */
  note(text: string): void;
  /** A frame waits in the camera's memory. */
  memoryFrame(frame: MemoryFrameNews): void;
  /** The size of a file that the standard's dataset has no room for. */
  size(raw: number, sizeBytes: number): void;
}

/** A frame in the camera's memory. */
export interface MemoryFrameNews {
  readonly raw: number;
  /** What the camera said with the event; null where it has to be asked. */
  readonly facts: { readonly name: string; readonly sizeBytes: number | null } | null;
  /** No card gets it. */
  readonly isOnlyInMemory: boolean;
  /**
   * `parts`: read like any file. `whole-once`: reading it gives its place away. `whole`: read in one piece as often as
   * wanted; the next frame of this number waits for the acknowledgement.
   */
  readonly reading: 'parts' | 'whole' | 'whole-once';
}

/** One maker's way with one camera. */
export interface VendorSession {
  /** What the maker wants before anything else, the destination included. */
  prepare(): Promise<void>;
  /** Tells what a notice means; false: it means what the standard says. */
  hear(notice: Notice): boolean;
  /** Asks for what the camera does not tell by itself; null where it tells. */
  readonly poll: (() => Promise<void>) | null;
  /** Releases the shutter; null where that cannot be done. */
  readonly capture: (() => Promise<void>) | null;
  /** Frames can come that are only in the camera's memory. */
  readonly hasMemoryFrames: boolean;
  /** Says that a file, or a frame of {@link VendorNews.memoryFrame}, is durable here. */
  acknowledge(raw: number, place: 'card' | 'memory'): Promise<void>;
  /** Ways to read from an offset, the best first, whether the camera knows them or not. */
  readonly partialReads: readonly PartialRead[];
  /** The size of a file beyond 4 GiB; null where it is not known. */
  readSize(raw: number): Promise<number | null>;
  /** What is in a folder, where the camera refuses the standard's way; `parent` all ones: at the top. */
  readonly listFolder?: (storage: number, parent: number) => Promise<readonly ListedObject[]>;
  /** Leaves the camera to its photographer again. */
  leave(): Promise<void>;
}

/** One object as a maker's own listing has it. */
export interface ListedObject {
  readonly raw: number;
  readonly info: ObjectInfo;
}

/** One operation that reads from an offset, as data. */
export interface PartialRead {
  readonly operation: number;
  params(raw: number, offset: number, length: number): readonly number[];
  /** Offsets from here on do not fit, in bytes. */
  readonly offsetEnd: number;
}

/** Who is asked in which rhythm when there is something to ask: at most this often. */
export const POLL_MS = 50;
