import { ALL_ONES_32, ByteReader, ByteWriter } from './bytes.ts';

/** What a camera says of itself and of what it can do (operation 1001). */
export interface DeviceInfo {
  readonly standardVersion: number;
  readonly vendorExtensionId: number;
  readonly vendorExtensionVersion: number;
  readonly vendorExtension: string;
  readonly functionalMode: number;
  readonly operations: readonly number[];
  readonly events: readonly number[];
  readonly properties: readonly number[];
  readonly captureFormats: readonly number[];
  readonly imageFormats: readonly number[];
  readonly maker: string;
  readonly model: string;
  readonly deviceVersion: string;
  readonly serial: string;
}

/** One storage of a camera (operation 1005); null where a number is beyond 2^53 - 1. */
export interface StorageInfo {
  /** 1 fixed ROM, 2 removable ROM, 3 fixed RAM, 4 removable RAM. */
  readonly storageType: number;
  /** 1 flat, 2 hierarchical, 3 DCF. */
  readonly fileSystemType: number;
  /** 0 read-write, 1 read-only, 2 read-only with deletion. */
  readonly access: number;
  readonly capacityBytes: number | null;
  readonly freeBytes: number | null;
  readonly freeImages: number;
  readonly description: string;
  readonly label: string;
}

/** One object of a camera (operation 1008). */
export interface ObjectInfo {
  readonly storageId: number;
  readonly format: number;
  readonly protection: number;
  /** Null: too large for this dataset, ask by an operation with 64-bit sizes. */
  readonly sizeBytes: number | null;
  readonly thumbFormat: number;
  readonly thumbBytes: number;
  readonly thumbWidth: number;
  readonly thumbHeight: number;
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly imageBitDepth: number;
  /** 0: at the root. */
  readonly parent: number;
  /** 1: a folder. */
  readonly associationType: number;
  readonly associationDesc: number;
  readonly sequenceNumber: number;
  readonly name: string;
  /** `YYYYMMDDThhmmss` as the camera wrote it, perhaps with more behind; '' where it has none. */
  readonly captured: string;
  readonly modified: string;
  readonly keywords: string;
}

/** Reads the dataset of operation 1001; the last three strings may be missing. */
export function decodeDeviceInfo(bytes: Uint8Array): DeviceInfo {
  const reader = new ByteReader(bytes, 'DeviceInfo');
  return {
    standardVersion: reader.u16(),
    vendorExtensionId: reader.u32(),
    vendorExtensionVersion: reader.u16(),
    vendorExtension: reader.string(),
    functionalMode: reader.u16(),
    operations: reader.array16(),
    events: reader.array16(),
    properties: reader.array16(),
    captureFormats: reader.array16(),
    imageFormats: reader.array16(),
    maker: reader.string(),
    model: optionalString(reader),
    deviceVersion: optionalString(reader),
    serial: optionalString(reader),
  };
}

/** Writes what {@link decodeDeviceInfo} reads. */
export function encodeDeviceInfo(info: DeviceInfo): Uint8Array {
  return new ByteWriter()
    .u16(info.standardVersion)
    .u32(info.vendorExtensionId)
    .u16(info.vendorExtensionVersion)
    .string(info.vendorExtension)
    .u16(info.functionalMode)
    .array16(info.operations)
    .array16(info.events)
    .array16(info.properties)
    .array16(info.captureFormats)
    .array16(info.imageFormats)
    .string(info.maker)
    .string(info.model)
    .string(info.deviceVersion)
    .string(info.serial)
    .done();
}

/** Reads the dataset of operation 1005; the strings may be missing. */
export function decodeStorageInfo(bytes: Uint8Array): StorageInfo {
  const reader = new ByteReader(bytes, 'StorageInfo');
  return {
    storageType: reader.u16(),
    fileSystemType: reader.u16(),
    access: reader.u16(),
    capacityBytes: reader.u64(),
    freeBytes: reader.u64(),
    freeImages: reader.u32(),
    description: optionalString(reader),
    label: optionalString(reader),
  };
}

/** Writes what {@link decodeStorageInfo} reads. */
export function encodeStorageInfo(info: StorageInfo): Uint8Array {
  return new ByteWriter()
    .u16(info.storageType)
    .u16(info.fileSystemType)
    .u16(info.access)
    .u64(info.capacityBytes ?? -1)
    .u64(info.freeBytes ?? -1)
    .u32(info.freeImages)
    .string(info.description)
    .string(info.label)
    .done();
}

/** Reads the dataset of operation 1008; strings after the name may be missing. */
export function decodeObjectInfo(bytes: Uint8Array): ObjectInfo {
  const reader = new ByteReader(bytes, 'ObjectInfo');
  const isSize64 = hasSize64(bytes);
  return {
    storageId: reader.u32(),
    format: reader.u16(),
    protection: reader.u16(),
    sizeBytes: isSize64 ? reader.u64() : sizeOf(reader.u32()),
    thumbFormat: reader.u16(),
    thumbBytes: reader.u32(),
    thumbWidth: reader.u32(),
    thumbHeight: reader.u32(),
    imageWidth: reader.u32(),
    imageHeight: reader.u32(),
    imageBitDepth: reader.u32(),
    parent: reader.u32(),
    associationType: reader.u16(),
    associationDesc: reader.u32(),
    sequenceNumber: reader.u32(),
    name: optionalString(reader),
    captured: optionalString(reader),
    modified: optionalString(reader),
    keywords: optionalString(reader),
  };
}

/** Writes what {@link decodeObjectInfo} reads; a size of 4 GiB - 1 and more becomes "unknown". */
export function encodeObjectInfo(info: ObjectInfo): Uint8Array {
  return new ByteWriter()
    .u32(info.storageId)
    .u16(info.format)
    .u16(info.protection)
    .u32(Math.min(info.sizeBytes ?? ALL_ONES_32, ALL_ONES_32))
    .u16(info.thumbFormat)
    .u32(info.thumbBytes)
    .u32(info.thumbWidth)
    .u32(info.thumbHeight)
    .u32(info.imageWidth)
    .u32(info.imageHeight)
    .u32(info.imageBitDepth)
    .u32(info.parent)
    .u16(info.associationType)
    .u32(info.associationDesc)
    .u32(info.sequenceNumber)
    .string(info.name)
    .string(info.captured)
    .string(info.modified)
    .string(info.keywords)
    .done();
}

/** The lists of handles, storages and the like: a count and 32-bit numbers. */
export function decodeNumbers(bytes: Uint8Array, what: string): number[] {
  return new ByteReader(bytes, what).array32();
}

/** Writes what {@link decodeNumbers} reads. */
export function encodeNumbers(numbers: readonly number[]): Uint8Array {
  return new ByteWriter().array32(numbers).done();
}

/** libgphoto2 knows Samsung's 64-bit size by this: the name's length lies four bytes later. A file may have no name. */
function hasSize64(bytes: Uint8Array): boolean {
  if (bytes[52] !== 0 || (bytes[56] ?? 0) === 0) return false;
  let at = 52;
  for (let count = 0; count < 4 && at < bytes.length; count += 1) at += 1 + 2 * (bytes[at] ?? 0);
  return at !== bytes.length;
}

function sizeOf(size32: number): number | null {
  return size32 === ALL_ONES_32 ? null : size32;
}

function optionalString(reader: ByteReader): string {
  return reader.left === 0 ? '' : reader.string();
}
