/**
 * Numbers of PTP (ISO 15740), as far as they are used. There is, on purpose, no operation here that removes a file from
 * a card, moves one, or formats a card.
 */

/** Operations of the standard, and of Android's extension. */
export const OPERATION = {
  getDeviceInfo: 0x1001,
  openSession: 0x1002,
  closeSession: 0x1003,
  getStorageIds: 0x1004,
  getStorageInfo: 0x1005,
  getObjectHandles: 0x1007,
  getObjectInfo: 0x1008,
  getObject: 0x1009,
  getThumb: 0x100a,
  initiateCapture: 0x100e,
  getDevicePropDesc: 0x1014,
  getDevicePropValue: 0x1015,
  setDevicePropValue: 0x1016,
  getPartialObject: 0x101b,
  initiateOpenCapture: 0x101c,
  /** Of MTP. */
  getObjectPropValue: 0x9803,
  getPartialObject64: 0x95c1,
} as const;

/** Answers. */
export const RESPONSE = {
  ok: 0x2001,
  generalError: 0x2002,
  sessionNotOpen: 0x2003,
  invalidTransaction: 0x2004,
  notSupported: 0x2005,
  parameterNotSupported: 0x2006,
  incompleteTransfer: 0x2007,
  invalidStorage: 0x2008,
  invalidHandle: 0x2009,
  propertyNotSupported: 0x200a,
  storeFull: 0x200c,
  accessDenied: 0x200f,
  storeNotAvailable: 0x2013,
  busy: 0x2019,
  invalidParameter: 0x201d,
  sessionAlreadyOpen: 0x201e,
  cancelled: 0x201f,
  /** Nikon: not now. */
  nikonInvalidStatus: 0xa004,
} as const;

/** Events; numbers from C001 on mean other things from vendor to vendor. */
export const EVENT = {
  objectAdded: 0x4002,
  objectRemoved: 0x4003,
  storeAdded: 0x4004,
  storeRemoved: 0x4005,
  propertyChanged: 0x4006,
  objectInfoChanged: 0x4007,
  requestObjectTransfer: 0x4009,
  storeFull: 0x400a,
  deviceReset: 0x400b,
  storageInfoChanged: 0x400c,
  captureComplete: 0x400d,
  unreportedStatus: 0x400e,
  nikonAddedInMemory: 0xc101,
  nikonCompleteInMemory: 0xc102,
  sonyAdded: 0xc201,
  sonyRemoved: 0xc202,
  sonyPropertyChanged: 0xc203,
  fujiPreview: 0xc001,
  fujiAdded: 0xc004,
} as const;

/** Formats of objects, as far as they decide anything: `folder` is the only one that does. */
export const FORMAT = {
  undefined: 0x3000,
  folder: 0x3001,
  exifJpeg: 0x3801,
  jfif: 0x3808,
  dng: 0x3811,
} as const;

/** The number as the standard's tables write it, for people. */
export function formatCode(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}
