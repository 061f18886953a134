import { createHash } from 'node:crypto';
import { messageOf } from '../base/index.ts';
import type { Usb, UsbCamera, UsbEndpoints, World } from '../platform/index.ts';
import { unreachableError } from './camera-error.ts';
import type { CameraConnection, CameraOptions } from './connection.ts';
import { openPtpCamera } from './ptp/camera.ts';
import { FUJI_PORT, type FujiTarget, openFuji } from './ptp-ip/fuji-transport.ts';
import { openPtpIp, PTP_IP_PORT, type PtpIpOptions } from './ptp-ip/transport.ts';
import { openPtpUsb } from './ptp-usb/transport.ts';
import { FUJI_INFO } from './vendors/fuji.ts';

/** What a connection needs of the world. */
export type CameraWorld = Pick<World, 'network' | 'clock' | 'host'>;

/** Where a camera listens. */
export interface CameraHost {
  readonly host: string;
  /** 15740 where left out; Fuji 55740. */
  readonly port?: number;
  /** Of the events, where it is not the one that the protocol wants. */
  readonly eventPort?: number;
}

/** How a connection by network is opened. */
export interface NetworkCameraOptions extends CameraOptions {
  /** 32 hex digits under which cameras remember this computer; made from its name where left out. */
  readonly guid?: string;
}

const ANSWER_MS = 10_000;

/**
 * Connects to a camera by PTP/IP.
 * @throws FieldVaultError CAMERA_UNREACHABLE, CAMERA_REFUSED, CAMERA_BUSY, CAMERA_PROTOCOL, CAMERA_GONE
 */
export function openPtpIpCamera(
  world: CameraWorld,
  { host, port = PTP_IP_PORT, eventPort }: CameraHost,
  options: NetworkCameraOptions = {},
): Promise<CameraConnection> {
  const target = eventPort === undefined ? { host, port } : { host, port, eventPort };
  return openPtpCamera(
    world.clock,
    (listener) => openPtpIp(world, target, listener, caller(world, options)),
    options,
  );
}

/**
 * Connects to a Fuji camera by its own framing.
 * @throws FieldVaultError as {@link openPtpIpCamera}
 */
export function openFujiCamera(
  world: CameraWorld,
  { host, port = FUJI_PORT, eventPort }: CameraHost,
  options: NetworkCameraOptions = {},
): Promise<CameraConnection> {
  const target: FujiTarget = eventPort === undefined ? { host, port } : { host, port, eventPort };
  return openPtpCamera(
    world.clock,
    (listener) => openFuji(world, target, listener, caller(world, options)),
    { ...options, assumedInfo: FUJI_INFO },
  );
}

/**
 * Claims a camera on USB and connects to it.
 * @param id the beginning of a `UsbCamera.id`, or its end (a serial number); '' for the only camera there is
 * @throws FieldVaultError as {@link openPtpIpCamera}
 */
export async function openUsbCamera(
  world: Pick<World, 'clock' | 'usb'>,
  id: string,
  options: CameraOptions = {},
): Promise<CameraConnection> {
  const camera = await findUsbCamera(world.usb, id);
  let endpoints: UsbEndpoints;
  try {
    endpoints = await camera.open();
  } catch (error) {
    const reason = `it cannot be claimed (${messageOf(error)}); another program may hold it`;
    throw unreachableError(`usb:${camera.id}`, reason, error);
  }
  return await openUsbEndpoints(world, endpoints, options);
}

/**
 * Begins a session with a camera on USB, however its endpoints are reached. Closing the connection closes them.
 * @throws FieldVaultError as {@link openPtpIpCamera}, without CAMERA_UNREACHABLE
 */
export function openUsbEndpoints(
  world: Pick<World, 'clock'>,
  endpoints: UsbEndpoints,
  options: CameraOptions = {},
): Promise<CameraConnection> {
  const idleMs = options.answerMs ?? ANSWER_MS;
  return openPtpCamera(
    world.clock,
    async (listener) => openPtpUsb(world, endpoints, listener, { idleMs }),
    options,
  );
}

async function findUsbCamera(usb: Usb, id: string): Promise<UsbCamera> {
  let cameras: readonly UsbCamera[];
  try {
    cameras = await usb.listCameras();
  } catch (error) {
    throw unreachableError(`usb:${id}`, `there is no USB here (${messageOf(error)})`, error);
  }
  const found = cameras.filter((camera) => camera.id.startsWith(id) || camera.id.endsWith(id));
  const [camera] = found;
  if (camera === undefined) throw unreachableError(`usb:${id}`, 'no such camera is plugged in');
  if (found.length > 1) {
    const ids = found.map((one) => `usb:${one.id} (${one.name})`).join(', ');
    throw unreachableError(`usb:${id}`, `several are plugged in, name one of them: ${ids}`);
  }
  return camera;
}

function caller(world: CameraWorld, options: NetworkCameraOptions): PtpIpOptions {
  // Cameras show the name when they ask for leave; Fuji has room for 26 letters.
  const name = `FieldVault ${world.host.name}`.slice(0, 26);
  const hex = options.guid ?? createHash('sha256').update(name).digest('hex').slice(0, 32);
  return { guid: Buffer.from(hex, 'hex'), name, idleMs: options.answerMs ?? ANSWER_MS };
}
