import type { CameraStore, Place, StoredObject } from './camera-store.ts';

/** The makers whose ways the simulated camera has. */
export type ProfileName = 'generic' | 'nikon' | 'canon' | 'sony' | 'fuji';

/** One operation, as a client asked for it. */
export interface Operation {
  readonly code: number;
  readonly params: readonly number[];
  readonly transaction: number;
  /** What came with it; null where nothing did. */
  readonly data: Uint8Array | null;
}

/** What the camera answers. */
export interface Answer {
  /** An `ANSWER`. */
  readonly code: number;
  readonly params?: readonly number[];
  readonly data?: Payload;
  /** Runs once the whole answer has left: a shutter that opens, a frame that leaves memory. */
  readonly after?: () => void;
}

/** Bytes that go with an answer, made while they are sent. */
export interface Payload {
  /** As announced. */
  readonly sizeBytes: number;
  /** The camera breaks off here, though it announced more; null where it sends all. */
  readonly cutBytes: number | null;
  read(offset: number, length: number): Uint8Array;
}

/** What happens at the camera, as an event says it. */
export interface CameraNews {
  readonly code: number;
  readonly params: readonly number[];
  /** The operation that brought it about; all ones where none did. */
  readonly transaction: number;
}

/** What a maker's part sees of the body that it is built into. */
export interface BodyParts {
  readonly store: CameraStore;
  /** Sends an event now. */
  tell(news: CameraNews): void;
  /** Releases the shutter; frames follow in their own time. */
  release(place: Place, transaction: number): void;
  /** Whether a client is there. */
  hasSession(): boolean;
  /** Whether a shot is being taken. */
  isShooting(): boolean;
}

/** An operation in the words of the standard, and what follows once it has gone well. */
export interface Translation {
  readonly code: number;
  readonly params: readonly number[];
  readonly after?: () => void;
}

/** One maker's ways, with whatever they must remember. */
export interface VendorPart {
  /** The answer to an operation that is the maker's own, or done in the maker's own way; null for any other. */
  answer(operation: Operation): Answer | null;
  /** The operation of the standard that does the same as one of the maker's; null where there is none. */
  translate(operation: Operation): Translation | null;
  /** Where a frame goes when a person presses the shutter. */
  readonly place: Place;
  /** A folder or file is there. */
  announce(object: StoredObject, transaction: number): void;
  /** The shot is over. */
  finish(place: Place, transaction: number): void;
  /** There is no room for another frame. */
  full(transaction: number): void;
  /** A session begins: what was not asked for in the last one is forgotten. */
  begin(): void;
}

/** A maker's camera as data, and how its part is made. */
export interface CameraProfile {
  readonly name: ProfileName;
  /** Number of the maker's extension in DeviceInfo. */
  readonly extension: number;
  readonly extensionText: string;
  readonly maker: string;
  readonly model: string;
  readonly firmware: string;
  readonly operations: readonly number[];
  /** Those of them that data of the client comes with. */
  readonly dataOut: readonly number[];
  readonly events: readonly number[];
  readonly properties: readonly number[];
  /** `fuji`: containers on TCP, events on a port of their own. */
  readonly framing: 'ptp-ip' | 'fuji';
  readonly rawFormat: 'nef' | 'dng';
  /** Letters of a folder behind its number, as `CANON` in `100CANON`. */
  readonly folderLetters: string;
  /** Name of a shot without extension; its number is 1 to 9999. */
  stem(number: number): string;
  build(parts: BodyParts): VendorPart;
}

/** Bytes that are there already, as a payload. */
export function payloadOf(bytes: Uint8Array): Payload {
  return {
    sizeBytes: bytes.length,
    cutBytes: null,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
