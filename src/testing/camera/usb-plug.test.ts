import { describe, expect, it } from 'vitest';
import {
  encodeContainer,
  encodeDataContainer,
  OPERATION,
  openUsbCamera,
} from '../../capture/index.ts';
import { openNodeWorld, type UsbEndpoints } from '../../platform/index.ts';
import { type CameraUnderTest, cameraContract } from '../camera-contract.ts';
import { parseCameraFaults } from './camera-faults.ts';
import { patternFrames } from './camera-frames.ts';
import type { ProfileName } from './camera-profile.ts';
import { openSimCamera, type RunningCamera } from './running-camera.ts';

const world = openNodeWorld();

async function make(profile: ProfileName): Promise<CameraUnderTest> {
  // A multiple of the packet size with its header: the transfer ends with an empty packet.
  const frames = patternFrames({ seed: 3, sizeBytes: 512 * 700 - 12 });
  const camera = await openSimCamera(world.clock, { profile, frames, shutterMs: 0 });
  const connection = await openUsbCamera({ clock: world.clock, usb: camera.usb }, '');
  return {
    connection,
    shoot: async () => {
      const [taken] = await camera.shoot();
      return {
        name: taken?.name ?? '',
        bytes: taken?.file.read(0, taken.file.sizeBytes) ?? new Uint8Array(0),
      };
    },
    close: async () => {
      expect(camera.deletes).toBe(0);
      await camera.close();
    },
  };
}

for (const profile of ['generic', 'nikon', 'canon', 'sony'] as const) {
  cameraContract({ describe, it }, `simulated USB, ${profile}`, () => make(profile));
}

describe('the simulated camera on USB', () => {
  async function plugged(script = ''): Promise<{ camera: RunningCamera; usb: UsbEndpoints }> {
    const frames = patternFrames({ seed: 3, sizeBytes: 5000 });
    const faults = parseCameraFaults(script);
    const camera = await openSimCamera(world.clock, { frames, faults, shutterMs: 0 });
    const [device] = await camera.usb.listCameras();
    if (device === undefined) throw new RangeError('no device');
    return { camera, usb: await device.open() };
  }

  async function ask(usb: UsbEndpoints, code: number, ...params: number[]): Promise<number[]> {
    await usb.bulkOut(encodeContainer({ kind: 'command', code, transaction: 7 }, params));
    const sizes: number[] = [];
    for (let isOver = false; !isOver; ) {
      const bytes = await usb.bulkIn(512);
      sizes.push(bytes.length);
      isOver = bytes.length >= 12 && bytes[4] === 3;
    }
    return sizes;
  }

  it('ends a transfer of full packets with an empty one', async () => {
    const { camera, usb } = await plugged();
    await using _camera = camera;
    await ask(usb, OPERATION.openSession, 1);
    await camera.shoot();
    expect(await ask(usb, OPERATION.getPartialObject, 3, 0, 1000)).toEqual([512, 500, 16]);
    expect(await ask(usb, OPERATION.getPartialObject, 3, 0, 1012)).toEqual([512, 512, 0, 16]);
  });

  it('tells of files on the interrupt endpoint', async () => {
    const { camera, usb } = await plugged();
    await using _camera = camera;
    await ask(usb, OPERATION.openSession, 1);
    const [told] = await Promise.all([usb.interruptIn(), camera.shoot()]);
    const notice = { kind: 'event', code: 0x4002, transaction: 0xffff_ffff } as const;
    expect(told).toEqual(encodeContainer(notice, [1]));
  });

  it('takes a setting with its data', async () => {
    const { camera, usb } = await plugged();
    await using _camera = camera;
    await ask(usb, OPERATION.openSession, 1);
    const code = OPERATION.setDevicePropValue;
    await usb.bulkOut(encodeContainer({ kind: 'command', code, transaction: 2 }, [0x5001]));
    await usb.bulkOut(encodeDataContainer({ code, transaction: 2 }, new Uint8Array([9])));
    expect((await usb.bulkIn(512)).length).toBe(12);
    expect(camera.log.last.at(-1)?.data).toEqual(new Uint8Array([9]));
  });

  it('is pulled out in the middle of a file, and of a wait for events', async () => {
    const { camera, usb } = await plugged('drop:2000');
    await using _camera = camera;
    await ask(usb, OPERATION.openSession, 1);
    await camera.shoot();
    while ((await usb.interruptIn())[6] !== 0x0d);
    const waiting = expect(usb.interruptIn()).rejects.toMatchObject({ code: 'ENODEV' });
    await expect(ask(usb, OPERATION.getObject, 3)).rejects.toMatchObject({ code: 'ENODEV' });
    await waiting;
    await expect(usb.bulkOut(new Uint8Array(12))).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('stops a transfer that is cancelled', async () => {
    const { camera, usb } = await plugged();
    await using _camera = camera;
    await ask(usb, OPERATION.openSession, 1);
    await camera.shoot();
    const command = { kind: 'command', code: OPERATION.getObject, transaction: 9 } as const;
    await usb.bulkOut(encodeContainer(command, [3]));
    expect((await usb.bulkIn(512)).length).toBe(512);
    await usb.controlOut(0x64, new Uint8Array([1, 0x40, 9, 0, 0, 0]));
    expect((await usb.bulkIn(512)).length).toBe(0);
    const response = { kind: 'response', code: 0x201f, transaction: 9 } as const;
    expect(await usb.bulkIn(512)).toEqual(encodeContainer(response, []));
  });
});
