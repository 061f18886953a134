import { ByteReader } from '../ptp/bytes.ts';
import { OPERATION } from '../ptp/codes.ts';
import { STANDARD_READS } from './partial-reads.ts';
import type { Vendor, VendorLink, VendorSession } from './vendor.ts';

/** MTP's number for the size of an object, 64 bits. */
const OBJECT_SIZE_PROPERTY = 0xdc04;

/** Events of makers without a file of their own that mean "something new is there" (libgphoto2). */
const OTHER_NEWS: readonly { readonly maker: RegExp; readonly codes: readonly number[] }[] = [
  { maker: /olympus|om digital/i, codes: [0xc002, 0xc102] },
  { maker: /panasonic/i, codes: [0xc108, 0xc109] },
];

/** A camera that keeps to the standard. */
export const GENERIC: Vendor = { name: 'generic', isFor: () => true, begin: beginGeneric };

/** What every camera does as the standard says; vendors take it and change what differs. */
export function beginGeneric(link: VendorLink): VendorSession {
  return {
    prepare: async () => undefined,
    hear: ({ code }) => {
      const isNews = OTHER_NEWS.some(
        ({ maker, codes }) => codes.includes(code) && maker.test(link.deviceInfo.maker),
      );
      if (isNews) link.tell.changed();
      return isNews;
    },
    poll: null,
    capture: link.supports(OPERATION.initiateCapture) ? () => releaseShutter(link) : null,
    hasMemoryFrames: false,
    acknowledge: async () => undefined,
    partialReads: STANDARD_READS,
    readSize: (raw) => readSizeProperty(link, raw),
    leave: async () => undefined,
  };
}

/** The standard's release: any card, any format. */
export async function releaseShutter(link: VendorLink): Promise<void> {
  await link.run(OPERATION.initiateCapture, [0, 0], { act: 'release the shutter' });
}

async function readSizeProperty(link: VendorLink, raw: number): Promise<number | null> {
  if (!link.supports(OPERATION.getObjectPropValue)) return null;
  const answer = await link.attempt(OPERATION.getObjectPropValue, [raw, OBJECT_SIZE_PROPERTY]);
  return answer === null ? null : new ByteReader(answer.data, 'the size of an object').u64();
}
