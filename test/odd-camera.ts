import {
  type CameraConnection,
  type CameraOptions,
  type DeviceInfo,
  decodeObjectInfo,
  encodeDeviceInfo,
  encodeNumbers,
  encodeObjectInfo,
  type ObjectInfo,
  OPERATION,
  openPtpCamera,
  type PtpAnswer,
  type PtpListener,
  type PtpRequest,
  type PtpTransport,
  RESPONSE,
} from '../src/capture/index.ts';
import { openNodeWorld } from '../src/platform/index.ts';

const NOTHING = new Uint8Array(0);

/** The one storage with a card in it. */
export const CARD = 0x00010001;

/** An answer that is not the usual one; what is left out is. */
export interface OddAnswer {
  readonly code?: number;
  readonly data?: Uint8Array;
}

/** What is answered in another way than usual; null: nothing is. */
export type Oddly = (request: PtpRequest) => OddAnswer | null;

/** A camera without a wire, as odd as the test wants it. */
export class OddCamera implements PtpTransport {
  readonly asked: PtpRequest[] = [];
  readonly files: Map<number, { readonly info: Uint8Array; readonly bytes: Uint8Array }> =
    new Map();
  readonly #operations: readonly number[];
  readonly #oddly: Oddly;
  listener: PtpListener | null = null;

  constructor(operations: readonly number[], oddly: Oddly = () => null) {
    this.#operations = operations;
    this.#oddly = oddly;
  }

  async transact(request: PtpRequest): Promise<PtpAnswer> {
    this.asked.push(request);
    const { data = NOTHING, code = RESPONSE.ok } = this.#oddly(request) ?? this.#answer(request);
    return { data, reply: { code, transaction: request.transaction, params: [] } };
  }

  async close(): Promise<void> {}

  put(raw: number, bytes: Uint8Array, facts: Partial<ObjectInfo> = {}): void {
    const known = decodeObjectInfo(encodeObjectInfo({ ...FILE, sizeBytes: bytes.length }));
    const name = `IMG_${raw}.NEF`;
    this.files.set(raw, { info: encodeObjectInfo({ ...known, name, ...facts }), bytes });
  }

  tell(code: number, ...params: readonly number[]): void {
    this.listener?.notice({ code, transaction: 0xffffffff, params });
  }

  open(options: CameraOptions = {}): Promise<CameraConnection> {
    return openPtpCamera(
      openNodeWorld().clock,
      async (listener) => {
        this.listener = listener;
        return this;
      },
      options,
    );
  }

  #answer({ operation, params: [raw = 0, offset = 0, length = 0] }: PtpRequest): OddAnswer {
    const file = this.files.get(raw);
    switch (operation) {
      case OPERATION.getDeviceInfo:
        return { data: encodeDeviceInfo({ ...DEVICE, operations: this.#operations }) };
      case OPERATION.getStorageIds:
        return { data: encodeNumbers([0x00020000, CARD]) };
      case OPERATION.getObjectHandles:
        return raw === CARD
          ? { data: encodeNumbers([...this.files.keys()]) }
          : { code: RESPONSE.invalidStorage };
      case OPERATION.getObjectInfo:
        return file === undefined ? { code: RESPONSE.invalidHandle } : { data: file.info };
      case OPERATION.getObject:
        return { data: file?.bytes ?? NOTHING };
      case OPERATION.getPartialObject:
        return { data: file?.bytes.subarray(offset, offset + length) ?? NOTHING };
      default:
        return {};
    }
  }
}

/** What it says of itself, its operations left out. */
export const DEVICE: Omit<DeviceInfo, 'operations'> = {
  ...{ standardVersion: 100, vendorExtensionId: 0, vendorExtensionVersion: 0 },
  ...{ vendorExtension: '', functionalMode: 0, events: [], properties: [], captureFormats: [] },
  ...{ imageFormats: [], maker: 'Odd', model: 'Camera', deviceVersion: '1', serial: '1' },
};

const FILE: ObjectInfo = {
  ...{ storageId: CARD, format: 0x3000, protection: 0, sizeBytes: 0, thumbFormat: 0x3808 },
  ...{ thumbBytes: 0, thumbWidth: 0, thumbHeight: 0, imageWidth: 0, imageHeight: 0 },
  ...{ imageBitDepth: 0, parent: 0, associationType: 0, associationDesc: 0, sequenceNumber: 0 },
  ...{ name: '', captured: '20261122T090000', modified: '', keywords: '' },
};
