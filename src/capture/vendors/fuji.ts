import { ByteReader, ByteWriter } from '../ptp/bytes.ts';
import { EVENT, OPERATION } from '../ptp/codes.ts';
import type { DeviceInfo } from '../ptp/datasets.ts';
import { beginGeneric } from './generic.ts';
import type { Vendor, VendorLink, VendorSession } from './vendor.ts';

/** Fuji by Wi-Fi, as its own application talks to it. */
export const FUJI_CAMERA: Vendor = {
  name: 'fuji',
  isFor: (info) => /fuji/i.test(info.maker),
  begin: beginFuji,
};

/** What a Fuji can do that gives an empty DeviceInfo (X-T4); as libgphoto2 assumes it. */
export const FUJI_INFO: DeviceInfo = {
  standardVersion: 100,
  vendorExtensionId: 0x0e,
  vendorExtensionVersion: 100,
  vendorExtension: '',
  functionalMode: 0,
  operations: [
    OPERATION.getStorageIds,
    OPERATION.getStorageInfo,
    OPERATION.getObjectHandles,
    OPERATION.getObjectInfo,
    OPERATION.getObject,
    OPERATION.initiateCapture,
    OPERATION.getPartialObject,
    OPERATION.initiateOpenCapture,
  ],
  events: [EVENT.fujiAdded],
  properties: [],
  captureFormats: [],
  imageFormats: [],
  maker: 'FUJIFILM',
  model: '',
  deviceVersion: '',
  serial: '',
};

const PROPERTY = {
  release: 0xd208,
  focusState: 0xd209,
  fullSize: 0xd227,
  functionMode: 0xdf01,
  modeVersion: 0xdf24,
} as const;
const REMOTE_MODE = 5;
const RELEASE_FOCUS = 0x0200;
const RELEASE_SHOOT = 0x0304;
const FOCUS_RUNNING = 1;
const FOCUS_FAILED = 3;
const FOCUS_TRIES = 60;
const FOCUS_PAUSE_MS = 50;

function beginFuji(link: VendorLink): VendorSession {
  return {
    ...beginGeneric(link),
    prepare: () => prepare(link),
    hear: ({ code, params: [raw = 0] }) => {
      if (code === EVENT.fujiAdded) {
        // Some bodies give no number: then the list says what is new.
        if (raw === 0) link.tell.changed();
        else link.tell.added(raw);
        return true;
      }
      return code === EVENT.fujiPreview;
    },
    capture: () => capture(link),
  };
}

async function prepare(link: VendorLink): Promise<void> {
  await set16(link, PROPERTY.functionMode, REMOTE_MODE);
  // The version that the camera names must be said back to it.
  const version = await link.attempt(OPERATION.getDevicePropValue, [PROPERTY.modeVersion]);
  if (version !== null && version.data.length === 4) {
    const dataOut = version.data;
    await link.attempt(OPERATION.setDevicePropValue, [PROPERTY.modeVersion], { dataOut });
  }
  await link.run(OPERATION.initiateOpenCapture, [0, 0], { act: 'be remote controlled' });
  await link.openEvents();
  // Without this the camera gives reduced pictures; bodies that never do refuse it.
  await set16(link, PROPERTY.fullSize, 1);
}

async function capture(link: VendorLink): Promise<void> {
  const act = 'release the shutter';
  await set16(link, PROPERTY.release, RELEASE_FOCUS);
  await link.run(OPERATION.initiateCapture, [0, 0], { act });
  for (let tries = 0; tries < FOCUS_TRIES; tries += 1) {
    const state = await link.attempt(OPERATION.getDevicePropValue, [PROPERTY.focusState]);
    if (state === null || state.data.length < 2) break;
    const value = new ByteReader(state.data, 'the state of focus').u16();
    if (value === FOCUS_FAILED) link.tell.note('The camera did not find the focus.');
    if (value !== FOCUS_RUNNING) break;
    await link.clock.sleep(FOCUS_PAUSE_MS);
  }
  await set16(link, PROPERTY.release, RELEASE_SHOOT);
  await link.run(OPERATION.initiateCapture, [0, 0], { act });
}

async function set16(link: VendorLink, property: number, value: number): Promise<void> {
  const dataOut = new ByteWriter().u16(value).done();
  await link.attempt(OPERATION.setDevicePropValue, [property], { dataOut });
}
