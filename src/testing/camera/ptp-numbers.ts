/** Operations of ISO 15740 that a camera must know and our own client, on purpose or without need, never uses. */
export const CAMERA_OPERATION = {
  getNumObjects: 0x1006,
  deleteObject: 0x100b,
  formatStore: 0x100f,
  terminateOpenCapture: 0x1018,
} as const;

/** Answers that only a camera gives. */
export const CAMERA_RESPONSE = { noThumbnail: 0x2010 } as const;

/** All bits of a 32-bit field: every storage, the root folder, no transaction. */
export const ALL = 0xffff_ffff;

/** The one card of a simulated camera. */
export const STORAGE = 0x0001_0001;
