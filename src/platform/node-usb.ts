import type { Usb, UsbCamera, UsbEndpoints } from './usb.ts';

/** As much of WebUSB as is used; the package `usb` has it, and so has whatever else follows that standard. */
export interface WebUsb {
  getDevices(): Promise<readonly WebUsbDevice[]>;
}

/** One device of WebUSB. */
export interface WebUsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturerName?: string | null;
  readonly productName?: string | null;
  readonly serialNumber?: string | null;
  readonly configuration: WebUsbConfiguration | null;
  readonly configurations: readonly WebUsbConfiguration[];
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  /** Linux only, and not in every library. */
  detachKernelDriver?(number: number): Promise<void>;
  transferIn(endpoint: number, length: number): Promise<WebUsbRead>;
  transferOut(endpoint: number, data: Uint8Array): Promise<{ readonly status?: string }>;
  controlTransferOut(
    setup: {
      readonly requestType: 'class';
      readonly recipient: 'interface';
      readonly request: number;
      readonly value: number;
      readonly index: number;
    },
    data: Uint8Array,
  ): Promise<unknown>;
  clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void>;
}

interface WebUsbConfiguration {
  readonly configurationValue: number;
  readonly interfaces: readonly {
    readonly interfaceNumber: number;
    readonly alternates: readonly WebUsbAlternate[];
  }[];
}

interface WebUsbAlternate {
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
  readonly endpoints: readonly {
    readonly endpointNumber: number;
    readonly direction: 'in' | 'out';
    readonly type: string;
    readonly packetSize: number;
  }[];
}

interface WebUsbRead {
  readonly status?: string;
  readonly data?: DataView | null;
}

/** USB's numbers for "still image". */
const STILL_IMAGE = { interfaceClass: 6, interfaceSubclass: 1, interfaceProtocol: 1 } as const;
/** The longest event of the protocol is 24 bytes. */
const EVENT_BYTES = 64;

/** The USB of this machine, by the optional package `usb`; it is loaded when it is asked for the first time. */
export const NODE_USB: Usb = webUsbCameras(async () => {
  const { WebUSB } = await import('usb');
  return new WebUSB({ allowAllDevices: true }) as unknown as WebUsb;
});

/** Cameras of anything that follows WebUSB. */
export function webUsbCameras(load: () => Promise<WebUsb>): Usb {
  return {
    listCameras: async () => {
      const devices = await (await load()).getDevices();
      return devices.flatMap((device) => {
        const place = placeOf(device);
        return place === null ? [] : [cameraOf(device, place)];
      });
    },
  };
}

/** Where on a device the camera is. */
interface Place {
  readonly configuration: number;
  readonly number: number;
  readonly bulkIn: number;
  readonly bulkOut: number;
  readonly interruptIn: number;
  readonly packetSize: number;
}

function placeOf(device: WebUsbDevice): Place | null {
  for (const configuration of device.configurations) {
    for (const { interfaceNumber, alternates } of configuration.interfaces) {
      const alternate = alternates.find(isStillImage);
      if (alternate === undefined) continue;
      const find = (type: string, direction: string) =>
        alternate.endpoints.find((one) => one.type === type && one.direction === direction);
      const bulkIn = find('bulk', 'in');
      const bulkOut = find('bulk', 'out');
      const interruptIn = find('interrupt', 'in');
      if (bulkIn === undefined || bulkOut === undefined || interruptIn === undefined) continue;
      return {
        configuration: configuration.configurationValue,
        number: interfaceNumber,
        bulkIn: bulkIn.endpointNumber,
        bulkOut: bulkOut.endpointNumber,
        interruptIn: interruptIn.endpointNumber,
        packetSize: bulkIn.packetSize,
      };
    }
  }
  return null;
}

function isStillImage(alternate: WebUsbAlternate): boolean {
  return (
    alternate.interfaceClass === STILL_IMAGE.interfaceClass &&
    alternate.interfaceSubclass === STILL_IMAGE.interfaceSubclass &&
    alternate.interfaceProtocol === STILL_IMAGE.interfaceProtocol
  );
}

function cameraOf(device: WebUsbDevice, place: Place): UsbCamera {
  const { vendorId, productId, manufacturerName, productName, serialNumber } = device;
  const hex = (number: number): string => number.toString(16).padStart(4, '0');
  return {
    id: [hex(vendorId), hex(productId), serialNumber ?? ''].filter((part) => part !== '').join(':'),
    name: [manufacturerName, productName].filter(Boolean).join(' '),
    open: () => claim(device, place),
  };
}

async function claim(device: WebUsbDevice, place: Place): Promise<UsbEndpoints> {
  await device.open();
  try {
    if (device.configuration?.configurationValue !== place.configuration) {
      await device.selectConfiguration(place.configuration);
    }
    // No driver may be there, and other systems than Linux know no such call.
    await device.detachKernelDriver?.(place.number).catch(() => undefined);
    await device.claimInterface(place.number);
  } catch (error) {
    await device.close().catch(() => undefined);
    throw error;
  }
  return endpointsOf(device, place);
}

function endpointsOf(device: WebUsbDevice, place: Place): UsbEndpoints {
  return {
    maxPacketSize: place.packetSize,
    bulkOut: async (data) => {
      assertOk(await device.transferOut(place.bulkOut, data));
    },
    bulkIn: async (maxBytes) => bytesOf(await device.transferIn(place.bulkIn, maxBytes)),
    interruptIn: async () => bytesOf(await device.transferIn(place.interruptIn, EVENT_BYTES)),
    controlOut: async (request, data) => {
      const to = { requestType: 'class', recipient: 'interface' } as const;
      await device.controlTransferOut({ ...to, request, value: 0, index: place.number }, data);
    },
    clearHalt: (endpoint) =>
      device.clearHalt(endpoint, endpoint === 'in' ? place.bulkIn : place.bulkOut),
    close: async () => {
      await device.releaseInterface(place.number).catch(() => undefined);
      await device.close().catch(() => undefined);
    },
  };
}

function bytesOf(read: WebUsbRead): Uint8Array {
  assertOk(read);
  const { data } = read;
  return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(0);
}

/** WebUSB tells of a halted endpoint by a word, not by an error. */
function assertOk({ status }: { readonly status?: string }): void {
  if (status === undefined || status === 'ok') return;
  throw Object.assign(new Error(`the transfer ended with "${status}"`), { code: 'EPIPE' });
}
