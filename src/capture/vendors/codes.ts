/**
 * Numbers of makers' own operations, as libgphoto2 has them (camlibs/ptp2, ptp.h), as far as they are used. There is, on
 * purpose, none that removes a file from a card or formats a card.
 */

/** Operations of Canon EOS. */
export const CANON = {
  getStorageIds: 0x9101,
  getStorageInfo: 0x9102,
  getPartialObject: 0x9107,
  getDeviceInfoEx: 0x9108,
  getObjectInfoEx: 0x9109,
  remoteRelease: 0x910f,
  setPropertyEx: 0x9110,
  setRemoteMode: 0x9114,
  setEventMode: 0x9115,
  getEvent: 0x9116,
  transferComplete: 0x9117,
  reportHostCapacity: 0x911a,
  lockUi: 0x911b,
  unlockUi: 0x911c,
  keepDeviceOn: 0x911d,
  requestProperty: 0x9127,
  releaseOn: 0x9128,
  releaseOff: 0x9129,
  getObjectInfo64: 0x9170,
  getPartialObject64: 0x9174,
} as const;

/** Operations of Nikon. `releaseMemoryFrame` empties a place of the camera's memory; it knows no card. */
export const NIKON = {
  captureToMemory: 0x90c0,
  changeCameraMode: 0x90c2,
  releaseMemoryFrame: 0x90c3,
  getEvent: 0x90c7,
  deviceReady: 0x90c8,
  captureToMedia: 0x9207,
  getEventEx: 0x941c,
  getObjectSize: 0x9421,
  getPartialObjectEx: 0x9431,
} as const;

/** Operations of Sony. */
export const SONY = {
  connect: 0x9201,
  getExtDeviceInfo: 0x9202,
  setControlA: 0x9205,
  setControlB: 0x9207,
  getAllProperties: 0x9209,
} as const;

/** Operations of Fuji. */
export const FUJI = { getProperties: 0x902b } as const;
