import { ByteReader, ByteWriter } from '../ptp/bytes.ts';
import { EVENT } from '../ptp/codes.ts';
import type { Notice } from '../ptp/messages.ts';
import { type PropertyDesc, readPropertyDesc } from '../ptp/property.ts';
import { SONY } from './codes.ts';
import { beginGeneric } from './generic.ts';
import type { Vendor, VendorLink, VendorSession } from './vendor.ts';

/** Sony Alpha in "PC Remote": gives frames through one number, says by a property how many wait. */
export const SONY_CAMERA: Vendor = {
  name: 'sony',
  isFor: (info) =>
    info.operations.includes(SONY.getAllProperties) &&
    (info.vendorExtensionId === 0x11 || /sony/i.test(info.maker)),
  begin: beginSony,
};

const PROPERTY = {
  focusMode: 0x500a,
  focusFound: 0xd213,
  framesWaiting: 0xd215,
  hostFirst: 0xd25a,
  halfPress: 0xd2c1,
  fullPress: 0xd2c2,
} as const;
const UP = 1;
const DOWN = 2;
const FOCUS_MANUAL = 1;
/** Handle of whatever frame is next. */
const NEXT_FRAME = 0xffffc001;
/** Only from here on may a frame be fetched: below, the firmware crashes (libgphoto2). The rest counts frames. */
const FRAMES_READY = 0x8000;
const EXTENSION_VERSION = 0xc8;
/** Bodies that take a while until they can release for the first time (libgphoto2). */
const SLOW_STARTERS = /^(ZV-E10|ZV-1|DSC-RX100M7|DSC-RX0M2|ILCE-7RM4A?|ILCE-7C)$/;
const SLOW_START_MS = 3000;
const FOCUS_TRIES = 20;
const FOCUS_PAUSE_MS = 50;
/** Records in one answer; real bodies have about 300. */
const PROPERTIES_MAX = 4096;

/** Reads the data of operation 9209: a count of 64 bits, then descriptions with a byte more than the standard's. */
export function decodeSonyProperties(bytes: Uint8Array): Map<number, PropertyDesc> {
  const reader = new ByteReader(bytes, 'Sony properties');
  const count = Math.min(reader.u64() ?? PROPERTIES_MAX, PROPERTIES_MAX);
  const properties = new Map<number, PropertyDesc>();
  for (let index = 0; index < count && reader.left > 0; index += 1) {
    const desc = readPropertyDesc(reader, true);
    properties.set(desc.property, desc);
  }
  return properties;
}

function beginSony(link: VendorLink): VendorSession {
  let properties = new Map<number, PropertyDesc>();
  const isSlow = SLOW_STARTERS.test(link.deviceInfo.model);
  const readyMs = link.clock.monotonicMs() + (isSlow ? SLOW_START_MS : 0);
  const readProperties = async (): Promise<void> => {
    const { data } = await link.run(SONY.getAllProperties, [], { act: 'tell its state' });
    properties = decodeSonyProperties(data);
    const waiting = numberOf(properties, PROPERTY.framesWaiting);
    if (waiting > FRAMES_READY) tellFrame(link);
  };
  return {
    ...beginGeneric(link),
    prepare: () => prepare(link),
    hear: (notice) => hear(link, notice),
    poll: readProperties,
    capture: async () => {
      await link.clock.sleep(Math.max(0, readyMs - link.clock.monotonicMs()));
      await press(link, PROPERTY.halfPress, DOWN);
      await press(link, PROPERTY.fullPress, DOWN);
      for (let tries = 0; tries < FOCUS_TRIES; tries += 1) {
        await readProperties();
        if (numberOf(properties, PROPERTY.focusMode) === FOCUS_MANUAL) break;
        if ([2, 3].includes(numberOf(properties, PROPERTY.focusFound))) break;
        await link.clock.sleep(FOCUS_PAUSE_MS);
      }
      await press(link, PROPERTY.fullPress, UP);
      await press(link, PROPERTY.halfPress, UP);
    },
    hasMemoryFrames: true,
  };
}

/** Three steps of greeting, then the host counts first. Where frames go is set on the body, and left as it is. */
async function prepare(link: VendorLink): Promise<void> {
  const act = 'be remote controlled';
  await link.run(SONY.connect, [1, 0, 0], { act });
  await link.run(SONY.connect, [2, 0, 0], { act });
  await link.run(SONY.getExtDeviceInfo, [EXTENSION_VERSION], { act });
  await link.run(SONY.connect, [3, 0, 0], { act });
  const dataOut = new ByteWriter().u8(1).done();
  await link.attempt(SONY.setControlA, [PROPERTY.hostFirst], { dataOut });
  if (link.destination !== 'card') {
    link.tell.note('Where a Sony keeps frames is set on the camera: "Still Img. Save Dest.".');
  }
}

async function press(link: VendorLink, button: number, state: number): Promise<void> {
  const dataOut = new ByteWriter().u16(state).done();
  await link.run(SONY.setControlB, [button], { dataOut, act: 'release the shutter' });
}

/** The event says that a frame will be there; whether it is, the property says. */
function hear(link: VendorLink, { code, params: [raw = 0] }: Notice): boolean {
  if (code === EVENT.sonyAdded) return true;
  if (code === EVENT.sonyRemoved) {
    if (raw !== NEXT_FRAME) link.tell.removed(raw);
    return true;
  }
  return code === EVENT.sonyPropertyChanged;
}

function tellFrame(link: VendorLink): void {
  link.tell.memoryFrame({
    raw: NEXT_FRAME,
    facts: null,
    isOnlyInMemory: true,
    reading: 'whole-once',
  });
}

function numberOf(properties: ReadonlyMap<number, PropertyDesc>, property: number): number {
  const value = properties.get(property)?.current;
  return typeof value === 'number' ? value : 0;
}
