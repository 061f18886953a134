import { describe, expect, it } from 'vitest';
import { openNodeWorld } from '../platform/index.ts';
import {
  type CameraUnderTest,
  cameraContract,
  openSimCamera,
  type ProfileName,
  patternFrames,
  type TakenFile,
} from '../testing/index.ts';
import type { CameraOptions } from './connection.ts';
import { openFujiCamera, openPtpIpCamera } from './open-camera.ts';

const world = openNodeWorld();

async function make(profile: ProfileName, options: CameraOptions = {}): Promise<CameraUnderTest> {
  const frames = patternFrames({ seed: 7, sizeBytes: 1_234_567 });
  const camera = await openSimCamera(world.clock, { profile, frames, shutterMs: 0 });
  const host = { host: '127.0.0.1', port: camera.port };
  const openCamera = profile === 'fuji' ? openFujiCamera : openPtpIpCamera;
  const connection = await openCamera(world, host, options);
  return {
    connection,
    shoot: async () => {
      const [taken] = await camera.shoot();
      return { name: taken?.name ?? '', bytes: bytesOf(taken) };
    },
    close: async () => {
      expect(camera.deletes).toBe(0);
      await camera.close();
    },
  };
}

function bytesOf(taken: TakenFile | undefined): Uint8Array {
  return taken?.file.read(0, taken.file.sizeBytes) ?? new Uint8Array(0);
}

for (const profile of ['generic', 'nikon', 'canon', 'sony', 'fuji'] as const) {
  cameraContract({ describe, it }, `PTP/IP, ${profile}`, () => make(profile));
}
for (const profile of ['nikon', 'canon'] as const) {
  const name = `PTP/IP, ${profile} to the host`;
  cameraContract({ describe, it }, name, () => make(profile, { destination: 'host' }));
}
