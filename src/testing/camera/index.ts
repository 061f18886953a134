/**
 * The simulated camera: a PTP/IP responder on loopback with a card, a memory, makers' ways and scripted faults.
 * Invariant: it takes our own wire codec but none of our client; that it is understood by others is proven with gphoto2.
 */
export type { TakenFile } from './camera-body.ts';
export {
  type CameraFault,
  type FaultKind,
  type FaultNumbers,
  parseCameraFaults,
  seededFaults,
} from './camera-faults.ts';
export {
  type CameraFile,
  type FrameMaker,
  type PatternOptions,
  patternFrames,
} from './camera-frames.ts';
export type { ProfileName } from './camera-profile.ts';
export type { LoggedOperation, OperationLog } from './operation-log.ts';
export {
  digestOfTaken,
  openSimCamera,
  type RunningCamera,
  type RunningCameraOptions,
} from './running-camera.ts';
