import {
  DATA_TYPE,
  encodeDeviceInfo,
  encodeNumbers,
  encodeObjectInfo,
  encodePropertyDesc,
  encodePropertyValue,
  encodeStorageInfo,
  FORMAT,
  OPERATION,
  RESPONSE,
} from '../../capture/index.ts';
import { formatExifTime } from '../shoot/capture-time.ts';
import {
  type Answer,
  type CameraProfile,
  type Operation,
  type Payload,
  payloadOf,
} from './camera-profile.ts';
import type { CameraStore, StoredObject } from './camera-store.ts';
import { ALL, CAMERA_OPERATION, CAMERA_RESPONSE, STORAGE } from './ptp-numbers.ts';

/** What the operations of the standard need of a body. */
export interface StandardParts {
  readonly profile: CameraProfile;
  readonly serial: string;
  readonly store: CameraStore;
  /** Where the camera breaks off in a part of a file that is about to be sent; null where it sends it all. */
  readonly cutOf: (object: StoredObject, part: Part) => number | null;
}

/** An answer without data. */
export function plain(code: number, ...params: readonly number[]): Answer {
  return { code, params };
}

/** An answer with data. */
export function withData(bytes: Uint8Array, ...params: readonly number[]): Answer {
  return { code: RESPONSE.ok, params, data: payloadOf(bytes) };
}

/** Answers what every camera answers (ISO 15740, section 10); null for operations that it has no answer to. */
export function answerStandard(parts: StandardParts, operation: Operation): Answer | null {
  const { code, params } = operation;
  switch (code) {
    case OPERATION.getDeviceInfo:
      return withData(deviceInfo(parts));
    case OPERATION.getStorageIds:
      return withData(encodeNumbers([STORAGE]));
    case OPERATION.getStorageInfo:
      return params[0] === STORAGE ? withData(storageInfo()) : plain(RESPONSE.invalidStorage);
    case CAMERA_OPERATION.getNumObjects:
      return plain(RESPONSE.ok, handlesFor(parts.store, params)?.length ?? 0);
    case OPERATION.getObjectHandles: {
      const handles = handlesFor(parts.store, params);
      return handles === null ? plain(RESPONSE.invalidStorage) : withData(encodeNumbers(handles));
    }
    case OPERATION.getDevicePropDesc:
      return params[0] === BATTERY
        ? withData(batteryLevel())
        : plain(RESPONSE.propertyNotSupported);
    case OPERATION.getDevicePropValue:
      return params[0] === BATTERY
        ? withData(encodePropertyValue(90, DATA_TYPE.uint8))
        : plain(RESPONSE.propertyNotSupported);
    case OPERATION.setDevicePropValue:
      return plain(RESPONSE.propertyNotSupported);
    default:
      return answerForObject(parts, operation);
  }
}

/** The one property of the standard that a simulated camera has. */
export const BATTERY = 0x5001;

function answerForObject(parts: StandardParts, { code, params }: Operation): Answer | null {
  const object = parts.store.get(params[0] ?? 0);
  const isOfObject = OF_OBJECTS.includes(code);
  if (!isOfObject) return null;
  if (object === null) return plain(RESPONSE.invalidHandle);
  if (code === OPERATION.getObjectInfo) return withData(objectInfo(object));
  if (code === OPERATION.getThumb) return plain(CAMERA_RESPONSE.noThumbnail);
  if (code === CAMERA_OPERATION.deleteObject) {
    parts.store.release(object.handle);
    parts.store.remove(object.handle);
    return plain(RESPONSE.ok);
  }
  if (object.file === null) return plain(RESPONSE.invalidHandle);
  if (code === OPERATION.getObject) return wholeOf(parts, object);
  const [, second = 0, third = 0, fourth = 0] = params;
  return code === OPERATION.getPartialObject
    ? partOf(parts, object, { offset: second, length: third })
    : partOf(parts, object, { offset: second + third * 2 ** 32, length: fourth });
}

const OF_OBJECTS: readonly number[] = [
  OPERATION.getObjectInfo,
  OPERATION.getThumb,
  OPERATION.getObject,
  OPERATION.getPartialObject,
  OPERATION.getPartialObject64,
  CAMERA_OPERATION.deleteObject,
];

/** A whole file. */
export function wholeOf(parts: StandardParts, object: StoredObject): Answer {
  const data = contentOf(parts, object, { offset: 0, length: object.file?.sizeBytes ?? 0 });
  return { code: data.cutBytes === null ? RESPONSE.ok : RESPONSE.incompleteTransfer, data };
}

/** A part of a file; the first parameter says how many bytes came. */
export function partOf(parts: StandardParts, object: StoredObject, part: Part): Answer {
  const data = contentOf(parts, object, part);
  const { sizeBytes, cutBytes } = data;
  if (cutBytes !== null) return { code: RESPONSE.incompleteTransfer, data };
  return { code: RESPONSE.ok, params: [sizeBytes], data };
}

/** Bytes of a file. */
export interface Part {
  readonly offset: number;
  readonly length: number;
}

function contentOf(parts: StandardParts, object: StoredObject, part: Part): Payload {
  const { file } = object;
  const { offset } = part;
  const sizeBytes = Math.max(0, Math.min(part.length, (file?.sizeBytes ?? 0) - offset));
  return {
    sizeBytes,
    cutBytes: parts.cutOf(object, { offset, length: sizeBytes }),
    read: (from, length) => file?.read(offset + from, length) ?? new Uint8Array(0),
  };
}

/** Null for a storage that is not there. */
function handlesFor(store: CameraStore, params: readonly number[]): readonly number[] | null {
  const [storage = ALL, format = 0, parent = 0] = params;
  if (storage !== ALL && storage !== STORAGE) return null;
  const wanted = parent === ALL ? 0 : parent;
  return store.onCard
    .filter((object) => parent === 0 || object.parent === wanted)
    .filter((object) => format === 0 || object.format === format)
    .map(({ handle }) => handle);
}

function deviceInfo({ profile, serial }: StandardParts): Uint8Array {
  return encodeDeviceInfo({
    standardVersion: 100,
    vendorExtensionId: profile.extension,
    vendorExtensionVersion: 100,
    vendorExtension: profile.extensionText,
    functionalMode: 0,
    operations: profile.operations,
    events: profile.events,
    properties: profile.properties,
    captureFormats: [FORMAT.exifJpeg],
    imageFormats: [FORMAT.exifJpeg, FORMAT.undefined, FORMAT.folder],
    maker: profile.maker,
    model: profile.model,
    deviceVersion: profile.firmware,
    serial,
  });
}

function storageInfo(): Uint8Array {
  return encodeStorageInfo({
    storageType: 4,
    fileSystemType: 3,
    access: 0,
    capacityBytes: 512_000_000_000,
    freeBytes: 400_000_000_000,
    freeImages: 5000,
    description: 'CARD',
    label: '',
  });
}

function batteryLevel(): Uint8Array {
  return encodePropertyDesc({
    property: BATTERY,
    dataType: DATA_TYPE.uint8,
    isWritable: false,
    factoryDefault: 100,
    current: 90,
    form: { kind: 'range', least: 0, most: 100, step: 1 },
  });
}

/** The dataset of a file or folder; libgphoto2 fetches no file whose format of thumbnails is 0. */
function objectInfo(object: StoredObject): Uint8Array {
  const isFolder = object.file === null;
  const taken = isFolder ? '' : ptpTime(object.takenLocalMs);
  return encodeObjectInfo({
    storageId: object.isOnCard ? STORAGE : 0,
    format: object.format,
    protection: 0,
    sizeBytes: object.claimedBytes,
    thumbFormat: isFolder ? 0 : 0x3808,
    thumbBytes: 0,
    thumbWidth: 0,
    thumbHeight: 0,
    imageWidth: object.file?.width ?? 0,
    imageHeight: object.file?.height ?? 0,
    imageBitDepth: 0,
    parent: object.parent,
    associationType: isFolder ? 1 : 0,
    associationDesc: 0,
    sequenceNumber: object.number,
    name: object.name,
    captured: taken,
    modified: taken,
    keywords: '',
  });
}

/** `20261121T061205`. */
function ptpTime(localMs: number): string {
  return formatExifTime(localMs).replaceAll(':', '').replace(' ', 'T');
}
