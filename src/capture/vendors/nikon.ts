import { ByteReader } from '../ptp/bytes.ts';
import { EVENT, OPERATION } from '../ptp/codes.ts';
import type { Notice } from '../ptp/messages.ts';
import { NIKON } from './codes.ts';
import { beginGeneric, releaseShutter } from './generic.ts';
import { NIKON_READS, STANDARD_READS } from './partial-reads.ts';
import type { Vendor, VendorLink, VendorSession } from './vendor.ts';

/** Nikon: asked for its events, put into remote mode for a shot only. */
export const NIKON_CAMERA: Vendor = {
  name: 'nikon',
  isFor: (info) => info.vendorExtensionId === 0x0a || /nikon/i.test(info.maker),
  begin: beginNikon,
};

const WITHOUT_FOCUSING = 0xffffffff;
const TARGET = { card: 0, memory: 1 } as const;
const MODE = { remote: 1, own: 0 } as const;
/** "Mode was not changed", on bodies that need no change: harmless (libgphoto2). */
const MODE_KEPT = 0xa003;
/** "A frame in memory" without a number means this one. */
const MEMORY_HANDLE = 0xffff0001;
/** Nikon 1 bodies lose their way when asked for events (libgphoto2). */
const WITHOUT_POLLING = /^(NIKON )?(1 )?(V1|J1|J2)$/i;

/** Reads the data of operation 90C7: a count, then {code, parameter}. */
export function decodeNikonEvents(bytes: Uint8Array): Notice[] {
  const reader = new ByteReader(bytes, 'Nikon events');
  const notices: Notice[] = [];
  for (let left = reader.left < 2 ? 0 : reader.u16(); left > 0; left -= 1) {
    const code = reader.u16();
    notices.push({ code, transaction: 0, params: [reader.u32()] });
  }
  return notices;
}

/** Reads the data of operation 941C: a count, then {code, count of parameters, parameters}. */
export function decodeNikonEventsEx(bytes: Uint8Array): Notice[] {
  const reader = new ByteReader(bytes, 'Nikon events');
  const notices: Notice[] = [];
  if (reader.left < 4) return notices;
  let left = reader.u16();
  reader.u16();
  for (; left > 0; left -= 1) {
    const code = reader.u16();
    const count = reader.u16();
    const params = Array.from(new Uint8Array(Math.min(count, reader.left / 4)), () => reader.u32());
    notices.push({ code, transaction: 0, params: params.slice(0, 5) });
  }
  return notices;
}

function beginNikon(link: VendorLink): VendorSession {
  const generic = beginGeneric(link);
  const canPoll =
    (link.supports(NIKON.getEvent) || link.supports(NIKON.getEventEx)) &&
    !WITHOUT_POLLING.test(link.deviceInfo.model);
  return {
    ...generic,
    hear: (notice) => hear(link, notice),
    poll: canPoll ? () => poll(link) : null,
    capture: canRelease(link) ? () => capture(link) : null,
    hasMemoryFrames: link.destination === 'host',
    acknowledge: async (raw, place) => {
      // Empties the frame's place in memory for the next one; a frame on a card has no such place.
      if (place === 'memory') await link.attempt(NIKON.releaseMemoryFrame, [raw]);
    },
    partialReads: [...NIKON_READS, ...STANDARD_READS],
    readSize: async (raw) => {
      if (!link.supports(NIKON.getObjectSize)) return await generic.readSize(raw);
      const answer = await link.attempt(NIKON.getObjectSize, [raw]);
      return answer === null ? null : new ByteReader(answer.data, 'the size of an object').u64();
    },
  };
}

function canRelease(link: VendorLink): boolean {
  return [NIKON.captureToMedia, OPERATION.initiateCapture].some((code) => link.supports(code));
}

async function poll(link: VendorLink): Promise<void> {
  const isEx = !link.supports(NIKON.getEvent);
  const { data } = await link.run(isEx ? NIKON.getEventEx : NIKON.getEvent);
  for (const notice of isEx ? decodeNikonEventsEx(data) : decodeNikonEvents(data)) {
    if (hear(link, notice)) continue;
    const [raw = 0] = notice.params;
    if (notice.code === EVENT.objectAdded) link.tell.added(raw);
    else if (notice.code === EVENT.objectRemoved) link.tell.removed(raw);
    else if (notice.code === EVENT.captureComplete) link.tell.captureComplete();
    else if (notice.code === EVENT.storeFull) link.tell.storeFull();
  }
}

function hear(link: VendorLink, { code, params: [raw = 0] }: Notice): boolean {
  if (code === EVENT.nikonAddedInMemory) {
    link.tell.memoryFrame({
      raw: raw === 0 ? MEMORY_HANDLE : raw,
      facts: null,
      isOnlyInMemory: true,
      reading: 'whole',
    });
    return true;
  }
  if (code !== EVENT.nikonCompleteInMemory) return false;
  link.tell.captureComplete();
  return true;
}

async function capture(link: VendorLink): Promise<void> {
  if (!link.supports(NIKON.captureToMedia)) {
    await releaseShutter(link);
    return;
  }
  const target = link.destination === 'host' ? TARGET.memory : TARGET.card;
  const act = 'release the shutter';
  await changeMode(link, MODE.remote);
  try {
    await link.run(NIKON.captureToMedia, [WITHOUT_FOCUSING, target], { act });
    if (link.supports(NIKON.deviceReady)) await link.run(NIKON.deviceReady, [], { act });
  } finally {
    await changeMode(link, MODE.own);
  }
}

async function changeMode(link: VendorLink, mode: number): Promise<void> {
  if (!link.supports(NIKON.changeCameraMode)) return;
  const options = { accepts: [MODE_KEPT] };
  const done = await link.attempt(NIKON.changeCameraMode, [mode], options);
  if (done === null) link.tell.note('This Nikon does not change its mode.');
}
