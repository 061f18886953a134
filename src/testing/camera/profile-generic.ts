import { EVENT, OPERATION, RESPONSE } from '../../capture/index.ts';
import type { CameraProfile } from './camera-profile.ts';
import { ALL, CAMERA_OPERATION } from './ptp-numbers.ts';
import { BATTERY, plain } from './standard-operations.ts';

/** Operations of every profile but Fuji's. */
export const SHARED_OPERATIONS: readonly number[] = [
  OPERATION.getDeviceInfo,
  OPERATION.openSession,
  OPERATION.closeSession,
  OPERATION.getStorageIds,
  OPERATION.getStorageInfo,
  CAMERA_OPERATION.getNumObjects,
  OPERATION.getObjectHandles,
  OPERATION.getObjectInfo,
  OPERATION.getObject,
  OPERATION.getThumb,
  CAMERA_OPERATION.deleteObject,
  OPERATION.getDevicePropDesc,
  OPERATION.getDevicePropValue,
  OPERATION.setDevicePropValue,
  OPERATION.getPartialObject,
];

/** A camera that knows the standard alone, and 64-bit offsets as Android's extension has them. */
export const GENERIC_PROFILE: CameraProfile = {
  name: 'generic',
  extension: 0,
  extensionText: '',
  maker: 'FieldVault',
  model: 'SimCam D',
  firmware: '1.0',
  operations: [...SHARED_OPERATIONS, OPERATION.initiateCapture, OPERATION.getPartialObject64],
  dataOut: [OPERATION.setDevicePropValue],
  events: [EVENT.objectAdded, EVENT.storeFull, EVENT.captureComplete],
  properties: [BATTERY],
  framing: 'ptp-ip',
  rawFormat: 'dng',
  folderLetters: 'SIMCA',
  stem: (number) => `SIM_${String(number).padStart(4, '0')}`,
  build: (parts) => ({
    place: 'card',
    answer: ({ code, transaction }) =>
      code === OPERATION.initiateCapture
        ? { ...plain(RESPONSE.ok), after: () => parts.release('card', transaction) }
        : null,
    translate: () => null,
    announce: ({ handle }, transaction) =>
      parts.tell({ code: EVENT.objectAdded, params: [handle], transaction }),
    finish: (_place, transaction) =>
      parts.tell({ code: EVENT.captureComplete, params: [], transaction }),
    full: (transaction) => parts.tell({ code: EVENT.storeFull, params: [ALL], transaction }),
    begin: () => {},
  }),
};
