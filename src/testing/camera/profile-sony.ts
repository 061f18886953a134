import {
  ByteWriter,
  DATA_TYPE,
  EVENT,
  encodePropertyDesc,
  OPERATION,
  RESPONSE,
  SONY,
} from '../../capture/index.ts';
import type {
  Answer,
  BodyParts,
  CameraProfile,
  Operation,
  Translation,
  VendorPart,
} from './camera-profile.ts';
import type { Place } from './camera-store.ts';
import { SHARED_OPERATIONS } from './profile-generic.ts';
import { ALL, CAMERA_OPERATION } from './ptp-numbers.ts';
import { plain, withData } from './standard-operations.ts';

/** Every frame that waits is fetched by this handle, the oldest first. */
const WAITING_FRAME = 0xffff_c001;

const PROPERTY = {
  compression: 0x5004,
  focusMode: 0x500a,
  focusState: 0xd213,
  framesWaiting: 0xd215,
  destination: 0xd222,
  hostFirst: 0xd25a,
  halfPress: 0xd2c1,
  fullPress: 0xd2c2,
} as const;

/** Still image destinations: the host, the card, both. That these are the meanings is a guess (`docs/simcam.md`). */
const DESTINATIONS: Readonly<Record<number, Place>> = { 1: 'memory', 16: 'card', 17: 'both' };

/** A Sony as libgphoto2 knows it: all properties at once, frames in memory behind one handle. */
export const SONY_PROFILE: CameraProfile = {
  name: 'sony',
  extension: 0x11,
  extensionText: 'Sony PTP Extensions',
  maker: 'Sony Corporation',
  model: 'ILCE-7M3',
  firmware: '4.02',
  operations: [
    ...SHARED_OPERATIONS,
    SONY.connect,
    SONY.getExtDeviceInfo,
    SONY.setControlA,
    SONY.setControlB,
    SONY.getAllProperties,
  ],
  dataOut: [OPERATION.setDevicePropValue, SONY.setControlA, SONY.setControlB],
  events: [EVENT.sonyAdded, EVENT.sonyRemoved, EVENT.sonyPropertyChanged],
  properties: [],
  framing: 'ptp-ip',
  rawFormat: 'dng',
  folderLetters: 'MSDCF',
  stem: (number) => `DSC${String(number).padStart(5, '0')}`,
  build: (parts) => new SonyPart(parts),
};

class SonyPart implements VendorPart {
  readonly #parts: BodyParts;
  readonly #values = new Map<number, number>([
    [PROPERTY.compression, 0x13],
    [PROPERTY.focusMode, 1],
    [PROPERTY.focusState, 2],
    [PROPERTY.destination, 17],
    [PROPERTY.hostFirst, 1],
    [PROPERTY.halfPress, 1],
    [PROPERTY.fullPress, 1],
  ]);

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  get place(): Place {
    if (!this.#parts.hasSession()) return 'card';
    return DESTINATIONS[this.#values.get(PROPERTY.destination) ?? 17] ?? 'both';
  }

  answer(operation: Operation): Answer | null {
    switch (operation.code) {
      case SONY.connect:
        return withData(new Uint8Array(8));
      case SONY.getExtDeviceInfo:
        return withData(
          new ByteWriter().u16(0xc8).array16(Object.values(PROPERTY)).array16([]).done(),
        );
      case SONY.getAllProperties:
        return withData(this.#properties());
      case SONY.setControlA:
      case SONY.setControlB:
        return this.#set(operation);
      default:
        return null;
    }
  }

  /** The one handle stands for the frame that waits longest; it is gone once it was fetched whole. */
  translate({ code, params }: Operation): Translation | null {
    if (params[0] !== WAITING_FRAME) return null;
    const [front] = this.#parts.store.inMemory;
    const handle = this.#isReady ? (front?.handle ?? 0) : 0;
    if (code === OPERATION.getObjectInfo) return { code, params: [handle] };
    const after = (): void => {
      this.#parts.store.release(handle);
    };
    if (code === OPERATION.getObject) return { code, params: [handle], after };
    // Parts of it are not to be had, and removing it does nothing to the card.
    const isRelease = code === CAMERA_OPERATION.deleteObject;
    return { code: OPERATION.getObjectInfo, params: [isRelease ? handle : 0] };
  }

  announce(object: { readonly handle: number; readonly isInMemory: boolean }): void {
    const { tell } = this.#parts;
    if (!object.isInMemory) return;
    tell({ code: EVENT.sonyAdded, params: [WAITING_FRAME], transaction: ALL });
  }

  finish(): void {
    const params = [PROPERTY.framesWaiting];
    this.#parts.tell({ code: EVENT.sonyPropertyChanged, params, transaction: ALL });
  }

  full(): void {
    this.#parts.tell({ code: EVENT.storeFull, params: [ALL], transaction: ALL });
  }

  begin(): void {}

  /** While a shot is being written, what waits must not be fetched (property D215 says so). */
  get #isReady(): boolean {
    return this.#parts.store.inMemory.length > 0;
  }

  #set({ params, data, transaction }: Operation): Answer {
    const property = params[0] ?? 0;
    const value = (data?.[0] ?? 0) + 256 * (data?.[1] ?? 0);
    const isPress = property === PROPERTY.fullPress && value === 2;
    if (property === PROPERTY.destination) this.#values.set(property, value);
    if (!isPress) return plain(RESPONSE.ok);
    return { ...plain(RESPONSE.ok), after: () => this.#parts.release(this.place, transaction) };
  }

  #properties(): Uint8Array {
    const waiting = this.#parts.store.inMemory.length;
    const values = new Map([
      ...this.#values,
      [PROPERTY.framesWaiting, waiting === 0 ? 0 : 0x8000 + waiting],
    ]);
    const writer = new ByteWriter().u64(values.size);
    for (const [property, current] of values) {
      const desc = {
        ...{ property, current, dataType: DATA_TYPE.uint16, factoryDefault: 0 },
        isWritable: property === PROPERTY.destination,
        form: null,
      };
      writer.bytes(encodePropertyDesc(desc, true));
    }
    return writer.done();
  }
}
