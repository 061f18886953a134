import { describe, expect, it } from 'vitest';
import { NODE_USB, type WebUsbDevice, webUsbCameras } from './node-usb.ts';

const CAMERA = { interfaceClass: 6, interfaceSubclass: 1, interfaceProtocol: 1 };
const ENDPOINTS = [
  { endpointNumber: 1, direction: 'in', type: 'bulk', packetSize: 512 },
  { endpointNumber: 2, direction: 'out', type: 'bulk', packetSize: 512 },
  { endpointNumber: 3, direction: 'in', type: 'interrupt', packetSize: 64 },
] as const;

/** A device that writes down what is asked of it. */
function deviceOf(
  calls: string[],
  { claims = true, endpoints = ENDPOINTS as WebUsbEndpoints, status = 'ok' } = {},
): WebUsbDevice {
  const note = (...words: readonly unknown[]): void => {
    calls.push(words.join(' '));
  };
  const configuration = {
    configurationValue: 1,
    interfaces: [
      { interfaceNumber: 0, alternates: [{ ...CAMERA, interfaceClass: 8, endpoints: [] }] },
      { interfaceNumber: 4, alternates: [{ ...CAMERA, endpoints }] },
    ],
  };
  return {
    ...{ vendorId: 0x4a9, productId: 0x32d2, manufacturerName: 'Canon', productName: 'EOS' },
    serialNumber: '123',
    configuration: null,
    configurations: [configuration],
    open: async () => note('open'),
    close: async () => note('close'),
    selectConfiguration: async (value) => note('configuration', value),
    claimInterface: async (number) => {
      note('claim', number);
      if (!claims) throw new Error('busy');
    },
    releaseInterface: async (number) => note('release', number),
    detachKernelDriver: async () => {
      throw new Error('no driver');
    },
    transferIn: async (endpoint, length) => {
      note('in', endpoint, length);
      return { status, data: new DataView(Uint8Array.of(0, 1, 2, 3).buffer, 1, 2) };
    },
    transferOut: async (endpoint, data) => {
      note('out', endpoint, data.length);
      return { status };
    },
    controlTransferOut: async ({ request, index }, data) => note('control', request, index, data),
    clearHalt: async (direction, endpoint) => note('clear', direction, endpoint),
  };
}

type WebUsbEndpoints =
  WebUsbDevice['configurations'][0]['interfaces'][0]['alternates'][0]['endpoints'];

describe('webUsbCameras()', () => {
  it('finds the still-image interface and moves bytes through its endpoints', async () => {
    const calls: string[] = [];
    const usb = webUsbCameras(async () => ({ getDevices: async () => [deviceOf(calls)] }));
    const [camera] = await usb.listCameras();
    expect(camera).toMatchObject({ id: '04a9:32d2:123', name: 'Canon EOS' });
    const endpoints = await camera?.open();
    expect(endpoints?.maxPacketSize).toBe(512);
    await endpoints?.bulkOut(new Uint8Array(5));
    expect(await endpoints?.bulkIn(100)).toEqual(Uint8Array.of(1, 2));
    expect(await endpoints?.interruptIn()).toEqual(Uint8Array.of(1, 2));
    await endpoints?.controlOut(0x64, Uint8Array.of(9));
    await endpoints?.clearHalt('in');
    await endpoints?.clearHalt('out');
    await endpoints?.close();
    expect(calls).toEqual([
      ...['open', 'configuration 1', 'claim 4', 'out 2 5', 'in 1 100', 'in 3 64'],
      ...['control 100 4 9', 'clear in 1', 'clear out 2', 'release 4', 'close'],
    ]);
  });

  it('leaves devices alone that are no cameras', async () => {
    const device = deviceOf([], { endpoints: [] });
    const usb = webUsbCameras(async () => ({ getDevices: async () => [device] }));
    expect(await usb.listCameras()).toEqual([]);
  });

  it('gives a camera back that it cannot claim', async () => {
    const calls: string[] = [];
    const device = deviceOf(calls, { claims: false });
    const usb = webUsbCameras(async () => ({ getDevices: async () => [device] }));
    const [camera] = await usb.listCameras();
    await expect(camera?.open()).rejects.toThrow('busy');
    expect(calls.at(-1)).toBe('close');
  });

  it('a halted endpoint is an error', async () => {
    const device = deviceOf([], { status: 'stall' });
    const usb = webUsbCameras(async () => ({ getDevices: async () => [device] }));
    const endpoints = await (await usb.listCameras())[0]?.open();
    await expect(endpoints?.bulkIn(1)).rejects.toMatchObject({ code: 'EPIPE' });
    await expect(endpoints?.bulkOut(new Uint8Array(1))).rejects.toMatchObject({ code: 'EPIPE' });
  });
});

describe('the USB of this machine', () => {
  it('is there, or says why not', async () => {
    const found = await NODE_USB.listCameras().catch((error: unknown) => error);
    expect(Array.isArray(found) || found instanceof Error).toBe(true);
  });
});
