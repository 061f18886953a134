/**
 * One camera as the rest of capture sees it: over Wi-Fi, over USB, or as a hot folder. Whoever ties in a vendor's own
 * SDK implements this interface and proves it with `cameraContract` of `fieldvault/testing`.
 *
 * Every method may fail with a `FieldVaultError`: `CAMERA_GONE` (the link is down: open another connection),
 * `CAMERA_BUSY` (still busy after a bounded time), `CAMERA_PROTOCOL` (what came is not what the protocol says),
 * `CAMERA_REFUSED` (the camera says no). Calls may overlap: the connection puts them in order. There is, on purpose,
 * no way to remove a file from a camera.
 */
export interface CameraConnection extends AsyncDisposable {
  /** What this camera can do; fixed while the connection lives. */
  readonly capabilities: CameraCapabilities;
  /** Which camera this is; known since the connection was opened. */
  info(): CameraInfo;
  /**
   * What happens at the camera, in order, from the opening of the connection on; one consumer at a time. Ends after
   * `lost` and after `close()`. Events may be lost, late or doubled by the camera: `list()` tells what is there.
   */
  events(): AsyncIterable<CameraEvent>;
  /** All files on the camera, frames in its memory included, folders left out. */
  list(): Promise<readonly CameraObject[]>;
  /** Facts of one file; null where the handle is a folder, or where nothing is there any more. */
  describe(handle: CameraHandle): Promise<CameraObject | null>;
  /**
   * Bytes of a file from an offset. Shorter than asked only at the end of the file, empty behind it; the end is where
   * the bytes end, whatever `sizeBytes` said. Without `hasPartialRead` the first read of a file takes it whole.
   */
  read(handle: CameraHandle, offset: number, length: number): Promise<Uint8Array>;
  /** Releases the shutter; resolves once the camera has taken the order. Frames come as events. */
  capture(): Promise<void>;
  /**
   * Says that the file is durable here. Lets the camera use its memory for the next frame where the frame was
   * only there; does nothing to a file on a card.
   */
  acknowledge(handle: CameraHandle): Promise<void>;
  /** Ends the session politely within a bounded time, else rudely. Never fails; a second call does nothing. */
  close(): Promise<void>;
}

/**
 * Names one file of one connection. Opaque: a number in hexadecimal, a path, whatever the connection likes. Never
 * names two files while the connection lives, even where the camera uses its own numbers again.
 */
export type CameraHandle = string;

/** What a camera can do. */
export interface CameraCapabilities {
  /** `capture()` works. */
  readonly canCapture: boolean;
  /** `read` can begin anywhere: what was cut is continued, not begun again. */
  readonly hasPartialRead: boolean;
  /** The camera tells of new frames by itself, or is asked so often that it looks like it. */
  readonly hasEvents: boolean;
  /** Files of 4 GiB and more have their true size and can be read. */
  readonly hasObjectSizes64: boolean;
  /** Frames can come that exist only in the camera's memory. */
  readonly hasMemoryFrames: boolean;
}

/** Which camera it is; '' where it does not say. */
export interface CameraInfo {
  readonly maker: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
}

/** One file on a camera, as the camera describes it: it may be wrong about all of it. */
export interface CameraObject {
  readonly handle: CameraHandle;
  /** The file's name without folder, as the camera gives it; '' where it gives none. Not safe as a path. */
  readonly name: string;
  /** Folders from the top, joined by `/`, as `DCIM/100CANON`; '' where the camera does not say. */
  readonly folder: string;
  /** Bytes, up to 2^53 - 1; null where the camera does not say. */
  readonly sizeBytes: number | null;
  /** Time of the shot on the camera's clock, `YYYY-MM-DDThh:mm:ss`; null where the camera does not say. */
  readonly capturedLocal: string | null;
  /** No card has it: the only copy is in the camera's memory, and gone when the camera sleeps. */
  readonly isOnlyInMemory: boolean;
}

/** What happened at the camera. */
export type CameraEvent =
  /** A file, or a folder, is there. */
  | { readonly kind: 'added'; readonly handle: CameraHandle; readonly isOnlyInMemory: boolean }
  | { readonly kind: 'removed'; readonly handle: CameraHandle }
  /** The camera has finished a shot; files may come before and after. */
  | { readonly kind: 'captureComplete' }
  | { readonly kind: 'storeFull' }
  /** Files may have changed, or events may have been missed: compare with `list()`. */
  | { readonly kind: 'changed' }
  /** The link is down; the last event. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Where the camera puts a frame. */
export type CaptureDestination = 'card' | 'card-and-host' | 'host';

/** How a connection is opened, whatever the way to the camera. */
export interface CameraOptions {
  /** Where frames go; `card-and-host` where left out, and `card` on a camera that cannot do both. */
  readonly destination?: CaptureDestination;
  /** Without an answer for this long, the camera is gone; 10,000 ms where left out. */
  readonly answerMs?: number;
  /** A camera that says that it is busy is asked again for so long; 8000 ms where left out. */
  readonly busyMs?: number;
  /** What the connection noticed and went on with: for a log, in words. */
  readonly onNote?: (note: string) => void;
}
