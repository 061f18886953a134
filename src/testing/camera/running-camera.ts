import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock, Usb, UsbEndpoints } from '../../platform/index.ts';
import { systemError } from '../sim-faults.ts';
import { CameraBody, type TakenFile } from './camera-body.ts';
import { type CameraFault, FaultScript } from './camera-faults.ts';
import { exposedFrames, type FrameMaker } from './camera-frames.ts';
import type { CameraLines, LineParts } from './camera-lines.ts';
import { type BreakFault, CameraLink } from './camera-link.ts';
import type { CameraProfile, ProfileName } from './camera-profile.ts';
import { FujiLines } from './fuji-lines.ts';
import { IpLines } from './ip-lines.ts';
import { type LoopbackPorts, openLoopbackPorts } from './loopback-ports.ts';
import type { OperationLog } from './operation-log.ts';
import { CANON_PROFILE } from './profile-canon.ts';
import { FUJI_PROFILE } from './profile-fuji.ts';
import { GENERIC_PROFILE } from './profile-generic.ts';
import { NIKON_PROFILE } from './profile-nikon.ts';
import { SONY_PROFILE } from './profile-sony.ts';
import { UsbPlug } from './usb-plug.ts';

/** What a simulated camera is told. */
export interface RunningCameraOptions {
  /** Left out: `generic`. */
  readonly profile?: ProfileName;
  /** 1 to 65535, or 0 for any that is free; left out: 0. */
  readonly port?: number;
  /** Left out: 1. The same seed gives the same frames. */
  readonly seed?: number;
  /** A JPEG beside every RAW; left out: no. */
  readonly pairs?: boolean;
  /** Millions of samples of the sensor, 0.005 to 200; left out: the least. */
  readonly megapixels?: number;
  /** Different pictures before the first comes again with another time; left out: 4. */
  readonly exposures?: number;
  /** Other frames than those of the shoot writer. */
  readonly frames?: FrameMaker;
  readonly faults?: readonly CameraFault[];
  /** What the camera's link carries at most; left out: what the machine can. */
  readonly bytesPerSecond?: number;
  /** Operations that this body does not know, though its kind does: reads of a part, polling, ... */
  readonly without?: readonly number[];
  /** From the shutter to the first file; left out: 20. */
  readonly shutterMs?: number;
}

const PROFILES: Readonly<Record<ProfileName, CameraProfile>> = {
  generic: GENERIC_PROFILE,
  nikon: NIKON_PROFILE,
  canon: CANON_PROFILE,
  sony: SONY_PROFILE,
  fuji: FUJI_PROFILE,
};

/**
 * Switches a simulated camera on: a PTP/IP responder on loopback with the shoot writer behind it. It proves what
 * libgphoto2 takes for such a camera, not what any firmware does.
 */
export async function openSimCamera(
  clock: Clock,
  options: RunningCameraOptions = {},
): Promise<RunningCamera> {
  const camera = new RunningCamera(clock, options);
  await camera.listen(options.port ?? 0);
  return camera;
}

/** A simulated camera that is on. Made by {@link openSimCamera}. */
export class RunningCamera {
  readonly profile: ProfileName;
  /** As it calls itself. */
  readonly model: string;
  readonly #clock: Clock;
  readonly #body: CameraBody;
  readonly #faults: FaultScript;
  readonly #link: CameraLink;
  readonly #lines: CameraLines;
  #ports: LoopbackPorts | null = null;
  #plug: UsbPlug | null = null;
  #asleepUntilMs = 0;
  #connections = 0;

  constructor(clock: Clock, options: RunningCameraOptions) {
    const kind = PROFILES[options.profile ?? 'generic'];
    const isKnown = (code: number): boolean => options.without?.includes(code) !== true;
    const profile = { ...kind, operations: kind.operations.filter(isKnown) };
    const faults = new FaultScript(options.faults ?? []);
    this.profile = profile.name;
    this.model = profile.model;
    this.#clock = clock;
    this.#faults = faults;
    this.#link = new CameraLink({
      ...{ clock, faults },
      bytesPerSecond: options.bytesPerSecond ?? null,
      onBreak: (fault) => this.#break(fault),
    });
    this.#body = new CameraBody({
      ...{ profile, faults, clock },
      serial: String(7_000_000 + (options.seed ?? 1)),
      frames: options.frames ?? framesOf(profile, options),
      shutterMs: options.shutterMs ?? 20,
    });
    const parts: LineParts = {
      ...{ body: this.#body, link: this.#link, faults },
      onSession: () => this.#begin(),
    };
    this.#lines = profile.framing === 'fuji' ? new FujiLines(parts) : new IpLines(parts);
  }

  /** Where to connect: on 127.0.0.1. A Fuji has its events one above, and live view above that. */
  get port(): number {
    return this.#ports?.first ?? 0;
  }

  /** What it was asked. */
  get log(): OperationLog {
    return this.#body.log;
  }

  /** How often somebody connected. */
  get connections(): number {
    return this.#connections;
  }

  /** Bytes of answers that went down until now. */
  get sentBytes(): number {
    return this.#link.sentBytes;
  }

  /** How often somebody asked to take something off the card; frames that leave memory alone are none. */
  get deletes(): number {
    return this.#body.deletes;
  }

  /** Faults that have not happened yet. */
  get faultsLeft(): readonly CameraFault[] {
    return this.#faults.left;
  }

  /** Every file of every shot until now, in the order in which the camera told of them. */
  get taken(): readonly TakenFile[] {
    return this.#body.taken;
  }

  /** Names and folders of what is on the card now, folders left out. */
  get onCard(): readonly string[] {
    const files = this.#body.store.onCard.filter(({ file }) => file !== null);
    return files.map(({ folder, name }) => `${folder}/${name}`);
  }

  /** Names of frames that wait in memory now. */
  get inMemory(): readonly string[] {
    return this.#body.store.inMemory.map(({ name }) => name);
  }

  /** Adds to the script. */
  plan(faults: readonly CameraFault[]): void {
    this.#faults.add(faults);
  }

  /**
   * A person presses the shutter, or holds it.
   * @param perSecond frames a second; left out: each as soon as the one before is stored
   * @returns the files in the order in which the camera told of them
   */
  async shoot(count = 1, perSecond?: number): Promise<readonly TakenFile[]> {
    const beganMs = this.#clock.monotonicMs();
    const taken: TakenFile[] = [];
    for (let index = 0; index < count; index++) {
      taken.push(...(await this.#body.press(index)));
      if (perSecond === undefined) continue;
      const dueMs = beganMs + ((index + 1) * 1000) / perSecond;
      await this.#clock.sleep(Math.max(0, dueMs - this.#clock.monotonicMs()));
    }
    return taken;
  }

  /** The cable is pulled: the link breaks now. The camera stays on, and whoever comes again gets through. */
  pullCable(): void {
    this.#hangUp();
  }

  /** The camera on a machine's USB, beside its place in the network. */
  get usb(): Usb {
    const { model, profile } = this;
    const open = (): Promise<UsbEndpoints> => this.#plugUsb();
    return { listCameras: async () => [{ id: `f1de:0001:${profile}`, name: model, open }] };
  }

  /** Listens on loopback. */
  async listen(port: number): Promise<void> {
    this.#ports = await openLoopbackPorts(port, this.#lines.ports, (socket, index) =>
      this.#accept(socket, index),
    );
  }

  /** Switches it off. */
  async close(): Promise<void> {
    this.#hangUp();
    await this.#ports?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(socket: Socket, index: number): void {
    if (this.#isAsleep) {
      socket.resetAndDestroy();
      return;
    }
    this.#connections += 1;
    void this.#lines.serve(socket, index);
  }

  #begin(): void {
    const fault = this.#faults.take('drop-after');
    if (fault !== null) void this.#clock.sleep(fault.ms).then(() => this.#hangUp());
  }

  #break(fault: BreakFault): void {
    if (fault.kind !== 'drop') {
      this.#asleepUntilMs = this.#clock.monotonicMs() + fault.ms;
      this.#body.sleep();
    }
    if (fault.kind === 'restart') this.#body.store.renumber(0x4000);
    this.#hangUp();
  }

  #hangUp(): void {
    this.#lines.hangUp();
    this.#plug?.unplug();
    this.#plug = null;
  }

  async #plugUsb(): Promise<UsbEndpoints> {
    if (this.#isAsleep) throw systemError('ENODEV', 'open', 'usb');
    this.#hangUp();
    this.#connections += 1;
    const parts = { body: this.#body, link: this.#link, faults: this.#faults };
    this.#plug = new UsbPlug({ ...parts, onSession: () => this.#begin() });
    return this.#plug;
  }

  get #isAsleep(): boolean {
    return this.#clock.monotonicMs() < this.#asleepUntilMs;
  }
}

/** SHA-256 of a file as the camera has it, in lower-case hex; holds a megabyte of it at a time. */
export function digestOfTaken({ file }: TakenFile): string {
  const hash = createHash('sha256');
  for (let at = 0; at < file.sizeBytes; at += 1_048_576) hash.update(file.read(at, 1_048_576));
  return hash.digest('hex');
}

function framesOf(profile: CameraProfile, options: RunningCameraOptions): FrameMaker {
  const { seed = 1, pairs = false, megapixels = 0, exposures = 4 } = options;
  // Three to two, in whole tiles of 16 samples.
  const height = Math.max(64, Math.round(Math.sqrt((megapixels * 1e6) / 1.5) / 16) * 16);
  const width = Math.round((height * 1.5) / 16) * 16;
  return exposedFrames({ seed, pairs, exposures, width, height, format: profile.rawFormat });
}
