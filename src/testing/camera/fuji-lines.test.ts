import { describe, expect, it } from 'vitest';
import { encodeContainer, OPERATION } from '../../capture/index.ts';
import { openNodeWorld } from '../../platform/index.ts';
import { parseCameraFaults } from './camera-faults.ts';
import { openSimCamera, type RunningCamera } from './running-camera.ts';

const world = openNodeWorld();

function openFuji(script = ''): Promise<RunningCamera> {
  const faults = parseCameraFaults(script);
  return openSimCamera(world.clock, { profile: 'fuji', faults, shutterMs: 0 });
}

/** A line by which bytes go up, and come down in portions. */
async function lineTo(port: number): Promise<{
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly take: (count: number) => Promise<Buffer | null>;
}> {
  const stream = await world.network.connect({ host: '127.0.0.1', port });
  let waiting = Buffer.alloc(0);
  return {
    write: (bytes) => stream.write(bytes),
    take: async (count) => {
      while (waiting.length < count) {
        const piece = await stream.read().catch(() => null);
        if (piece === null) return null;
        waiting = Buffer.concat([waiting, piece]);
      }
      const taken = waiting.subarray(0, count);
      waiting = waiting.subarray(count);
      return taken;
    },
  };
}

function greeting(sizeBytes = 82): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt32LE(sizeBytes, 0);
  bytes.writeUInt32LE(1, 4);
  bytes.writeUInt32LE(0x8f53e4f2, 8);
  return bytes;
}

function command(code: number, transaction: number, ...params: number[]): Uint8Array {
  return encodeContainer({ kind: 'command', code, transaction }, params);
}

describe('FujiLines', () => {
  it('answers both greetings of libgphoto2, then speaks in containers', async () => {
    await using camera = await openFuji();
    const line = await lineTo(camera.port);
    for (const connection of [1, 2]) {
      await line.write(greeting());
      const ack = await line.take(68);
      expect([ack?.readUInt32LE(0), ack?.readUInt32LE(4), ack?.readUInt32LE(8)]).toEqual([
        68,
        2,
        connection,
      ]);
    }
    await line.write(command(OPERATION.openSession, 1, 1));
    expect((await line.take(12))?.toString('hex')).toBe('0c0000000300012001000000');
    await line.write(command(OPERATION.getStorageIds, 2));
    expect((await line.take(20))?.toString('hex')).toBe(
      '140000000200041002000000' + '0100000001000100',
    );
    expect((await line.take(12))?.readUInt16LE(6)).toBe(0x2001);
  });

  it('hangs up on a greeting of another length, as an X-T4 does', async () => {
    await using camera = await openFuji();
    const line = await lineTo(camera.port);
    await line.write(greeting(84));
    expect(await line.take(1)).toBeNull();
  });

  it('turns a greeting away on the same line, then takes it', async () => {
    await using camera = await openFuji('init-fail:1');
    const line = await lineTo(camera.port);
    await line.write(greeting());
    expect((await line.take(12))?.readUInt32LE(4)).toBe(5);
    await line.write(greeting());
    expect((await line.take(68))?.readUInt32LE(4)).toBe(2);
  });

  it('opens its line for events only once it was told to take pictures', async () => {
    await using camera = await openFuji();
    const commands = await lineTo(camera.port);
    const tooEarly = lineTo(camera.port + 1).then((line) => line.take(1));
    expect(await tooEarly.catch(() => null)).toBeNull();
    await commands.write(greeting());
    await commands.take(68);
    await commands.write(command(OPERATION.openSession, 1, 1));
    await commands.take(12);
    await commands.write(command(OPERATION.initiateOpenCapture, 2, 0, 0));
    await commands.take(12);
    const connections = camera.connections;
    const events = await lineTo(camera.port + 1);
    while (camera.connections === connections) await world.clock.sleep(1);
    await camera.shoot();
    expect((await events.take(16))?.toString('hex')).toBe('1000000004000' + '4c0ffffffff03000000');
  });
});
