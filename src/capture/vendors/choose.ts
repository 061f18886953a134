import type { DeviceInfo } from '../ptp/datasets.ts';
import { CANON_EOS } from './canon.ts';
import { FUJI_CAMERA } from './fuji.ts';
import { GENERIC } from './generic.ts';
import { NIKON_CAMERA } from './nikon.ts';
import { SONY_CAMERA } from './sony.ts';
import type { Vendor } from './vendor.ts';

/** Asked in this order; the last one takes every camera. */
const VENDORS: readonly Vendor[] = [CANON_EOS, NIKON_CAMERA, SONY_CAMERA, FUJI_CAMERA, GENERIC];

/** Whose camera says this of itself. */
export function vendorOf(info: DeviceInfo): Vendor {
  return VENDORS.find((vendor) => vendor.isFor(info)) ?? GENERIC;
}
