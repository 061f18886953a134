import {
  ByteWriter,
  DATA_TYPE,
  EVENT,
  encodePropertyDesc,
  FUJI,
  OPERATION,
  RESPONSE,
} from '../../capture/index.ts';
import type { Answer, BodyParts, CameraProfile, Operation, VendorPart } from './camera-profile.ts';
import type { Place, StoredObject } from './camera-store.ts';
import { ALL, CAMERA_OPERATION } from './ptp-numbers.ts';
import { plain, withData } from './standard-operations.ts';

const PROPERTY = {
  exposureTime: 0x500d,
  release: 0xd208,
  focusState: 0xd209,
  changes: 0xd212,
  objectCount: 0xd222,
  modeVersion: 0xdf24,
} as const;

/** What 100E does is what property D208 says. */
const RELEASE_SHOOT = 0x0304;
const FOCUS_FOUND = 2;
const MODE_VERSION = 0x0002_0001;

/** A Fuji on Wi-Fi as libgphoto2 knows it: its own framing, frames on the card. */
export const FUJI_PROFILE: CameraProfile = {
  name: 'fuji',
  extension: 0x0e,
  extensionText: '',
  maker: 'FUJIFILM',
  model: 'X-T20',
  firmware: '2.10',
  operations: [
    OPERATION.getDeviceInfo,
    OPERATION.openSession,
    OPERATION.closeSession,
    OPERATION.getStorageIds,
    OPERATION.getStorageInfo,
    OPERATION.getObjectHandles,
    OPERATION.getObjectInfo,
    OPERATION.getObject,
    CAMERA_OPERATION.deleteObject,
    OPERATION.initiateCapture,
    OPERATION.getDevicePropDesc,
    OPERATION.getDevicePropValue,
    OPERATION.setDevicePropValue,
    CAMERA_OPERATION.terminateOpenCapture,
    OPERATION.getPartialObject,
    OPERATION.initiateOpenCapture,
    FUJI.getProperties,
  ],
  dataOut: [OPERATION.setDevicePropValue],
  events: [EVENT.fujiAdded],
  properties: Object.values(PROPERTY),
  framing: 'fuji',
  rawFormat: 'dng',
  folderLetters: '_FUJI',
  stem: (number) => `DSCF${String(number).padStart(4, '0')}`,
  build: (parts) => new FujiPart(parts),
};

class FujiPart implements VendorPart {
  readonly place: Place = 'card';
  readonly #parts: BodyParts;
  readonly #set = new Map<number, number>();

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  answer({ code, params, data, transaction }: Operation): Answer | null {
    const property = params[0] ?? 0;
    switch (code) {
      case OPERATION.getDevicePropValue: {
        const value = this.#valueOf(property);
        return value === null ? null : withData(value);
      }
      case OPERATION.getDevicePropDesc:
        return LISTED.includes(property) ? withData(describe(property)) : null;
      case OPERATION.setDevicePropValue:
        this.#set.set(property, (data?.[0] ?? 0) + 256 * (data?.[1] ?? 0));
        return plain(RESPONSE.ok);
      case FUJI.getProperties:
        return withData(this.#properties());
      case OPERATION.initiateOpenCapture:
      case CAMERA_OPERATION.terminateOpenCapture:
        return plain(RESPONSE.ok);
      case OPERATION.initiateCapture: {
        if (this.#set.get(PROPERTY.release) !== RELEASE_SHOOT) return plain(RESPONSE.ok);
        return { ...plain(RESPONSE.ok), after: () => this.#parts.release('card', transaction) };
      }
      default:
        return null;
    }
  }

  translate(): null {
    return null;
  }

  announce({ handle, file }: StoredObject): void {
    if (file === null) return;
    this.#parts.tell({ code: EVENT.fujiAdded, params: [handle], transaction: ALL });
  }

  finish(): void {}

  full(): void {
    this.#parts.tell({ code: EVENT.storeFull, params: [ALL], transaction: ALL });
  }

  begin(): void {
    this.#set.clear();
  }

  #valueOf(property: number): Uint8Array | null {
    const writer = new ByteWriter();
    switch (property) {
      case PROPERTY.focusState:
        return writer.u16(FOCUS_FOUND).done();
      case PROPERTY.modeVersion:
        return writer.u32(MODE_VERSION).done();
      case PROPERTY.changes:
        // How many properties changed: none.
        return writer.u16(0).done();
      case PROPERTY.objectCount:
        return writer.u32(this.#parts.store.onCard.length).done();
      case PROPERTY.exposureTime:
        return writer.u32(1000).done();
      default:
        return null;
    }
  }

  /** 902B: a count, then the length and the description of each property. */
  #properties(): Uint8Array {
    const writer = new ByteWriter().u32(LISTED.length);
    for (const property of LISTED) {
      const desc = describe(property);
      writer.u32(desc.length).bytes(desc);
    }
    return writer.done();
  }
}

/** libgphoto2 looks for new files only where D212 is listed, and times its shots by 500D. */
const LISTED: readonly number[] = [PROPERTY.exposureTime, PROPERTY.changes];

function describe(property: number): Uint8Array {
  return encodePropertyDesc({
    ...{ property, dataType: DATA_TYPE.uint32, isWritable: false },
    ...{ factoryDefault: 0, current: 0, form: null },
  });
}
