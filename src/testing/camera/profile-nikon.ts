import { ByteWriter, EVENT, NIKON, OPERATION, RESPONSE } from '../../capture/index.ts';
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
import { BATTERY, plain, withData } from './standard-operations.ts';

/** 90CB: autofocus, then a frame into memory. */
const FOCUS_AND_CAPTURE = 0x90cb;
/** Nobody polled for so long that older events are gone. */
const WAITING_MAX = 4096;

/** A Nikon as libgphoto2 knows it: events are asked for, frames go to the card or into memory. */
export const NIKON_PROFILE: CameraProfile = {
  name: 'nikon',
  extension: 0x0a,
  extensionText: '',
  maker: 'Nikon Corporation',
  model: 'D750',
  firmware: 'V1.10',
  operations: [
    ...SHARED_OPERATIONS,
    OPERATION.initiateCapture,
    NIKON.captureToMemory,
    NIKON.changeCameraMode,
    NIKON.releaseMemoryFrame,
    NIKON.getEvent,
    NIKON.getEventEx,
    NIKON.deviceReady,
    FOCUS_AND_CAPTURE,
    NIKON.captureToMedia,
    NIKON.getObjectSize,
    NIKON.getPartialObjectEx,
  ],
  dataOut: [OPERATION.setDevicePropValue],
  events: [
    EVENT.objectAdded,
    EVENT.captureComplete,
    EVENT.nikonAddedInMemory,
    EVENT.nikonCompleteInMemory,
  ],
  properties: [BATTERY],
  framing: 'ptp-ip',
  rawFormat: 'nef',
  folderLetters: 'ND750',
  stem: (number) => `DSC_${String(number).padStart(4, '0')}`,
  build: (parts) => new NikonPart(parts),
};

class NikonPart implements VendorPart {
  readonly place: Place = 'card';
  readonly #parts: BodyParts;
  #waiting: { readonly code: number; readonly param: number }[] = [];

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  answer({ code, params, transaction }: Operation): Answer | null {
    const shoot = (place: Place): Answer => ({
      ...plain(RESPONSE.ok),
      after: () => this.#parts.release(place, transaction),
    });
    switch (code) {
      case OPERATION.initiateCapture:
        return shoot('card');
      case NIKON.captureToMemory:
      case FOCUS_AND_CAPTURE:
        return shoot('memory');
      case NIKON.captureToMedia:
        // Parameters: focus or not, then 1 for memory and 0 for the card.
        return shoot(params[1] === 1 ? 'memory' : 'card');
      case NIKON.deviceReady:
        return plain(this.#parts.isShooting() ? RESPONSE.busy : RESPONSE.ok);
      case NIKON.changeCameraMode:
        return plain(RESPONSE.ok);
      case NIKON.getEvent:
        return this.#events();
      case NIKON.getEventEx:
        return this.#eventsEx();
      case NIKON.releaseMemoryFrame:
        return this.#release(params[0] ?? 0);
      case NIKON.getObjectSize:
        return this.#size(params[0] ?? 0);
      default:
        return null;
    }
  }

  /** 9431: handle, offset and length in two halves each. */
  translate({ code, params }: Operation): Translation | null {
    const [handle = 0, low = 0, high = 0, length = 0] = params;
    if (code !== NIKON.getPartialObjectEx) return null;
    return { code: OPERATION.getPartialObject64, params: [handle, low, high, length] };
  }

  announce(object: { readonly handle: number; readonly isOnCard: boolean }): void {
    const code = object.isOnCard ? EVENT.objectAdded : EVENT.nikonAddedInMemory;
    this.#tell(code, object.handle);
  }

  finish(place: Place): void {
    this.#tell(place === 'memory' ? EVENT.nikonCompleteInMemory : EVENT.captureComplete, 0);
  }

  full(): void {
    this.#tell(EVENT.storeFull, 0);
  }

  begin(): void {
    this.#waiting = [];
  }

  #tell(code: number, param: number): void {
    this.#waiting.push({ code, param });
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }

  /** 90C7: how many, then a number and one parameter each. */
  #events(): Answer {
    const writer = new ByteWriter().u16(this.#waiting.length);
    for (const { code, param } of this.#waiting) writer.u16(code).u32(param);
    this.#waiting = [];
    return withData(writer.done());
  }

  /** 941C: how many in four bytes, then a number and its parameters each. */
  #eventsEx(): Answer {
    const writer = new ByteWriter().u32(this.#waiting.length);
    for (const { code, param } of this.#waiting) writer.u16(code).u16(1).u32(param);
    this.#waiting = [];
    return withData(writer.done());
  }

  /** 90C3: one frame, or with 0 all. */
  #release(handle: number): Answer {
    const { store } = this.#parts;
    if (handle !== 0) return plain(store.release(handle) ? RESPONSE.ok : RESPONSE.invalidHandle);
    for (const { handle: one } of store.inMemory) store.release(one);
    return plain(RESPONSE.ok);
  }

  #size(handle: number): Answer {
    const object = this.#parts.store.get(handle);
    if (object === null) return plain(RESPONSE.invalidHandle);
    return withData(new ByteWriter().u64(object.claimedBytes).done());
  }
}
