import { ByteReader, ByteWriter, CANON, FORMAT, OPERATION, RESPONSE } from '../../capture/index.ts';
import type {
  Answer,
  BodyParts,
  CameraProfile,
  Operation,
  Translation,
  VendorPart,
} from './camera-profile.ts';
import type { Place, StoredObject } from './camera-store.ts';
import { SHARED_OPERATIONS } from './profile-generic.ts';
import { ALL, STORAGE } from './ptp-numbers.ts';
import { BATTERY, plain, withData } from './standard-operations.ts';

/** Operations that libgphoto2 uses and our client does not. */
const MORE = { getObject: 0x9104, getObjectInfo: 0x9103 } as const;

/** 9170 answers in a layout that is written down nowhere. */
const KNOWN = Object.values(CANON).filter((code) => code !== CANON.getObjectInfo64);

const PROPERTY = {
  focusMode: 0xd108,
  owner: 0xd115,
  shotsLeft: 0xd11b,
  destination: 0xd11c,
  imageFormat: 0xd120,
  serial: 0xd1af,
  viewfinder: 0xd1b0,
  artist: 0xd1d0,
  copyright: 0xd1d1,
} as const;

const DESTINATIONS: Readonly<Record<number, Place>> = { 2: 'card', 4: 'memory', 6: 'both' };

/** Types of entries in the answer to 9116. */
const ENTRY = {
  added: 0xc181,
  requestTransfer: 0xc186,
  valueChanged: 0xc189,
  listChanged: 0xc18a,
  added64: 0xc1a7,
  requestTransfer64: 0xc1a9,
} as const;

const WAITING_MAX = 4096;

/** A Canon EOS as libgphoto2 knows it: everything that happens is asked for by 9116. */
export const CANON_PROFILE: CameraProfile = {
  name: 'canon',
  extension: 0x0b,
  extensionText: '',
  maker: 'Canon Inc.',
  model: 'Canon EOS 5D Mark III',
  firmware: '3-1.3.6',
  operations: [...SHARED_OPERATIONS, ...KNOWN, ...Object.values(MORE)],
  dataOut: [OPERATION.setDevicePropValue, CANON.setPropertyEx],
  events: [0xc101],
  properties: [BATTERY],
  framing: 'ptp-ip',
  rawFormat: 'dng',
  folderLetters: 'CANON',
  stem: (number) => `IMG_${String(number).padStart(4, '0')}`,
  build: (parts) => new CanonPart(parts),
};

class CanonPart implements VendorPart {
  readonly #parts: BodyParts;
  #destination = 2;
  #hasRoomOnHost = false;
  #waiting: Uint8Array[] = [];

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  get place(): Place {
    return DESTINATIONS[this.#destination] ?? 'card';
  }

  answer(operation: Operation): Answer | null {
    const { code, params } = operation;
    switch (code) {
      case CANON.getEvent:
        return this.#events();
      case CANON.setEventMode:
        if (params[0] === 1) this.#tellState();
        return plain(RESPONSE.ok);
      case CANON.setPropertyEx:
        return this.#set(operation);
      case CANON.requestProperty:
        this.#tellValue(params[0] ?? 0, 0);
        return plain(RESPONSE.ok);
      case CANON.reportHostCapacity:
        this.#hasRoomOnHost = true;
        this.#tellValue(PROPERTY.shotsLeft, this.#shotsLeft);
        return plain(RESPONSE.ok);
      case CANON.getDeviceInfoEx:
        return withData(deviceInfoEx());
      case CANON.getStorageIds:
        return withData(new ByteWriter().array32([STORAGE]).done());
      case CANON.getStorageInfo:
        return withData(new Uint8Array(0x28));
      case CANON.getObjectInfoEx:
        return this.#list(params);
      case CANON.transferComplete:
        return plain(
          this.#parts.store.release(params[0] ?? 0) ? RESPONSE.ok : RESPONSE.invalidHandle,
        );
      case CANON.remoteRelease:
      case CANON.releaseOn:
        return this.#release(operation);
      case CANON.setRemoteMode:
      case CANON.lockUi:
      case CANON.unlockUi:
      case CANON.keepDeviceOn:
      case CANON.releaseOff:
        return plain(RESPONSE.ok);
      default:
        return null;
    }
  }

  translate({ code, params }: Operation): Translation | null {
    const [handle = 0, second = 0, third = 0, fourth = 0] = params;
    if (code === MORE.getObject) return { code: OPERATION.getObject, params: [handle] };
    if (code === MORE.getObjectInfo) return { code: OPERATION.getObjectInfo, params: [handle] };
    if (code === CANON.getPartialObject) {
      return { code: OPERATION.getPartialObject, params: [handle, second, third] };
    }
    // 9174: the offset in two halves.
    if (code !== CANON.getPartialObject64) return null;
    return { code: OPERATION.getPartialObject64, params: [handle, second, third, fourth] };
  }

  announce(object: StoredObject): void {
    if (object.file === null) return;
    if (object.isOnCard) this.#tell(addedEntry(object));
    if (object.isInMemory) this.#tell(transferEntry(object));
  }

  finish(): void {}

  full(): void {
    this.#tellValue(PROPERTY.shotsLeft, 0);
  }

  begin(): void {
    this.#waiting = [];
    this.#destination = 2;
    this.#hasRoomOnHost = false;
  }

  /** Without word of room on the host the body takes it for full. */
  get #shotsLeft(): number {
    return this.place === 'memory' && !this.#hasRoomOnHost ? 0 : 900;
  }

  #release({ code, params, transaction }: Operation): Answer {
    // 9128: 1 half press, 2 the rest of it, 3 both at once.
    const isShot = code === CANON.remoteRelease || (params[0] ?? 0) >= 2;
    if (!isShot) return plain(RESPONSE.ok);
    return { ...plain(RESPONSE.ok), after: () => this.#parts.release(this.place, transaction) };
  }

  #set({ data }: Operation): Answer {
    if (data === null || data.length < 12) return plain(RESPONSE.invalidParameter);
    const reader = new ByteReader(data.subarray(4), 'a setting');
    const property = reader.u32();
    const value = reader.u32();
    if (property === PROPERTY.destination) {
      if (DESTINATIONS[value] === undefined) return plain(RESPONSE.invalidParameter);
      this.#destination = value;
      this.#tellValue(PROPERTY.shotsLeft, this.#shotsLeft);
    }
    this.#tellValue(property, value);
    return plain(RESPONSE.ok);
  }

  /** What a body says when events are switched on. */
  #tellState(): void {
    this.#tellValue(PROPERTY.destination, this.#destination);
    this.#tellValue(PROPERTY.shotsLeft, this.#shotsLeft);
    this.#tellValue(PROPERTY.viewfinder, 0);
    // 3: by hand, so that nobody waits for the focus.
    this.#tellValue(PROPERTY.focusMode, 3);
    const list = new ByteWriter().u32(PROPERTY.destination).u32(3).array32([2, 4, 6]);
    this.#tell(entry(ENTRY.listChanged, list.done()));
  }

  #tellValue(property: number, value: number): void {
    this.#tell(entry(ENTRY.valueChanged, new ByteWriter().u32(property).u32(value).done()));
  }

  #tell(one: Uint8Array): void {
    this.#waiting.push(one);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }

  #events(): Answer {
    const bytes = Buffer.concat([...this.#waiting, entry(0, new Uint8Array(0))]);
    this.#waiting = [];
    return withData(bytes);
  }

  /** 9109: what is directly in one folder. */
  #list([storage = ALL, parent = ALL]: readonly number[]): Answer {
    if (storage !== ALL && storage !== STORAGE) return plain(RESPONSE.invalidStorage);
    const wanted = parent === ALL ? 0 : parent;
    const entries = this.#parts.store.onCard.filter((object) => object.parent === wanted);
    const writer = new ByteWriter().u32(entries.length);
    for (const object of entries) writer.bytes(listEntry(object));
    return withData(writer.done(), 0, 0x3c);
  }
}

/** Size and type before it. */
function entry(type: number, body: Uint8Array): Uint8Array {
  return new ByteWriter()
    .u32(8 + body.length)
    .u32(type)
    .bytes(body)
    .done();
}

/** C181 and, for 64-bit sizes, C1A7: places as libgphoto2 reads them (camlibs/ptp2, ptp-pack.c). */
function addedEntry(object: StoredObject): Uint8Array {
  const { handle, format, claimedBytes, parent, name } = object;
  const writer = new ByteWriter().u32(handle).u32(STORAGE).u16(format).bytes(new Uint8Array(10));
  const isLarge = claimedBytes >= 2 ** 32;
  if (isLarge) writer.u64(claimedBytes).u32(parent).u32(handle);
  else writer.u32(claimedBytes).u32(parent).u32(handle);
  return entry(isLarge ? ENTRY.added64 : ENTRY.added, writer.bytes(asciiName(name)).done());
}

/** C186 and C1A9. */
function transferEntry({ handle, format, claimedBytes, name }: StoredObject): Uint8Array {
  const isLarge = claimedBytes >= 2 ** 32;
  const writer = new ByteWriter().u32(handle).u16(format).bytes(new Uint8Array(6));
  writer.u32(Math.min(claimedBytes, ALL)).u32(0).bytes(asciiName(name));
  return entry(isLarge ? ENTRY.requestTransfer64 : ENTRY.requestTransfer, writer.done());
}

function asciiName(name: string): Uint8Array {
  const padded = new Uint8Array(Math.ceil((name.length + 1) / 4) * 4);
  padded.set(new TextEncoder().encode(name));
  return padded;
}

function listEntry(object: StoredObject): Uint8Array {
  const { handle, format, claimedBytes, parent, name, takenLocalMs } = object;
  const fixed = new Uint8Array(16);
  fixed.set(new TextEncoder().encode(name).subarray(0, 15));
  return new ByteWriter()
    .u32(0x38)
    .u32(handle)
    .u32(STORAGE)
    .u32(format)
    .u32(format === FORMAT.folder ? 0x10 : 0x20)
    .u32(0)
    .u32(Math.min(claimedBytes, ALL))
    .u32(parent)
    .u32(handle)
    .bytes(fixed)
    .u32(Math.floor(takenLocalMs / 1000))
    .done();
}

/** 9108: three lists, none of them empty, or libgphoto2 gives up on the body. */
function deviceInfoEx(): Uint8Array {
  const lists = new ByteWriter()
    .array32(Object.values(ENTRY))
    .array32(Object.values(PROPERTY))
    .array32([0])
    .done();
  return new ByteWriter()
    .u32(4 + lists.length)
    .bytes(lists)
    .done();
}
