/**
 * capture: cameras at the wire, over Wi-Fi and over USB: what is on them, what happens at them, the bytes of each file.
 * Invariant: nothing here removes a file from a camera; nothing here knows a vault.
 */

export { type CameraAddress, parseCameraAddress } from './camera-address.ts';
export type {
  CameraCapabilities,
  CameraConnection,
  CameraEvent,
  CameraHandle,
  CameraInfo,
  CameraObject,
  CameraOptions,
  CaptureDestination,
} from './connection.ts';
export { type HotFolderOptions, openHotFolder } from './hot-folder/hot-folder.ts';
export { type Naming, type NamingContext, parseNaming } from './naming.ts';
export {
  type CameraHost,
  type CameraWorld,
  type NetworkCameraOptions,
  openFujiCamera,
  openPtpIpCamera,
  openUsbCamera,
  openUsbEndpoints,
} from './open-camera.ts';
export { ByteReader, ByteWriter } from './ptp/bytes.ts';
export { openPtpCamera, type PtpCameraOptions } from './ptp/camera.ts';
export { EVENT, FORMAT, OPERATION, RESPONSE } from './ptp/codes.ts';
export {
  type DeviceInfo,
  decodeDeviceInfo,
  decodeNumbers,
  decodeObjectInfo,
  decodeStorageInfo,
  encodeDeviceInfo,
  encodeNumbers,
  encodeObjectInfo,
  encodeStorageInfo,
  type ObjectInfo,
  type StorageInfo,
} from './ptp/datasets.ts';
export {
  CONTAINER_HEADER_BYTES,
  type Command,
  type ContainerHeader,
  type ContainerKind,
  decodeContainerHeader,
  decodeParams,
  encodeContainer,
  encodeDataContainer,
  type Notice,
  type Reply,
} from './ptp/messages.ts';
export {
  DATA_TYPE,
  decodePropertyDesc,
  encodePropertyDesc,
  encodePropertyValue,
  type PropertyDesc,
  type PropertyForm,
  type PropertyValue,
  readPropertyDesc,
  readPropertyValue,
} from './ptp/property.ts';
export type { PtpAnswer, PtpListener, PtpRequest, PtpTransport } from './ptp/transport.ts';
export {
  decodePacket,
  decodePacketHeader,
  encodePacket,
  PACKET,
  PACKET_HEADER_BYTES,
  type Packet,
} from './ptp-ip/packet.ts';
export type { TakenFrame } from './session/session-state.ts';
export { runSession, type SessionOptions, type SessionReport } from './session/tether-session.ts';
export type { FrameTimes, SessionTimings, Spread } from './session/timings.ts';
export type { CapturedFile, CaptureSink, Kept, NotKept, SinkFile } from './sink.ts';
export { CANON, FUJI, NIKON, SONY } from './vendors/codes.ts';
