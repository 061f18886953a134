import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldVaultError } from '../base/index.ts';
import { type ByteStream, type Clock, type Network, openNodeWorld } from '../platform/index.ts';
import {
  openSimCamera,
  type ProfileName,
  patternFrames,
  pickBelow,
  type SeededRandom,
  seededRandom,
} from '../testing/index.ts';
import type { CameraConnection } from './connection.ts';
import { openFujiCamera, openPtpIpCamera } from './open-camera.ts';
import { decodeDeviceInfo, decodeObjectInfo, decodeStorageInfo } from './ptp/datasets.ts';
import { decodeContainerHeader } from './ptp/messages.ts';
import { decodePropertyDesc } from './ptp/property.ts';
import { decodePacket, decodePacketHeader } from './ptp-ip/packet.ts';
import { decodeCanonEvents } from './vendors/canon-events.ts';
import { decodeCanonListing } from './vendors/canon-listing.ts';
import { decodeNikonEvents, decodeNikonEventsEx } from './vendors/nikon.ts';
import { decodeSonyProperties } from './vendors/sony.ts';

const PARSERS: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
  ['packet header', decodePacketHeader],
  ['packet', (bytes) => decodePacket(bytes[0] ?? 0, bytes.subarray(1))],
  ['container', decodeContainerHeader],
  ['DeviceInfo', decodeDeviceInfo],
  ['StorageInfo', decodeStorageInfo],
  ['ObjectInfo', decodeObjectInfo],
  ['DevicePropDesc', decodePropertyDesc],
  ['Canon events', decodeCanonEvents],
  ['Canon listing', decodeCanonListing],
  ['Nikon events', decodeNikonEvents],
  ['Nikon events, longer', decodeNikonEventsEx],
  ['Sony properties', decodeSonyProperties],
];

describe('bytes that mean nothing', () => {
  it.each(PARSERS)('%s: are read, or refused as CAMERA_PROTOCOL', (_, parse) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Small numbers are likelier to be counts and sizes that fit.
      fc.array(fc.nat(9), { maxLength: 200 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        expect(codeOf(() => parse(input))).toMatch(/^(|CAMERA_PROTOCOL)$/);
      }),
      { numRuns: 300 },
    );
  });

  it('a count of four thousand million costs no memory', () => {
    const bytes = new Uint8Array(40).fill(0xff);
    expect(codeOf(() => decodeDeviceInfo(bytes))).toBe('CAMERA_PROTOCOL');
  });
});

/** What one camera said in a session, per way: commands, events. */
type Recording = readonly (readonly Uint8Array[])[];

/** Mutated sessions in all; 10,000 take about 15 s. */
const RUNS = 10_000;
const PROFILES: readonly ProfileName[] = ['generic', 'canon', 'nikon', 'sony', 'fuji'];
const RUNS_EACH = RUNS / PROFILES.length;
const FILE_BYTES = 5000;

describe('a whole connection with a camera that went mad', () => {
  it.each(PROFILES)(
    '%s: ends, with a typed error or with what can be read',
    {
      timeout: 60_000,
    },
    async (profile) => {
      const outcomes = new Map<string, number>();
      const recording = await record(profile);
      expect(await replay(profile, recording)).toBe('');
      const random = seededRandom(PROFILES.indexOf(profile) + 1);
      for (let run = 0; run < RUNS_EACH; run += 1) {
        const mutated = recording.map((way) => mutate(way, random));
        const code = await replay(profile, mutated);
        expect(code, `run ${run}`).toMatch(/^(|CAMERA_(BUSY|GONE|PROTOCOL|REFUSED|UNREACHABLE))$/);
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      }
      // Where nothing was refused, nothing was mutated.
      const refused = (outcomes.get('CAMERA_PROTOCOL') ?? 0) + (outcomes.get('CAMERA_GONE') ?? 0);
      expect(refused).toBeGreaterThan(RUNS_EACH / 2);
    },
  );
});

/** What is asked in each run: everything that parses. The file is read to its end, and a bit beyond. */
async function exercise(connection: CameraConnection): Promise<void> {
  for (const { handle } of await connection.list()) {
    await connection.describe(handle);
    let size = 0;
    for (let piece = await connection.read(handle, 0, 3000); piece.length > 0; ) {
      size += piece.length;
      expect(piece.length).toBeLessThanOrEqual(3000);
      if (size > 20 * FILE_BYTES) break;
      piece = await connection.read(handle, size, 3000);
    }
  }
  if (connection.capabilities.canCapture) await connection.capture();
}

async function record(profile: ProfileName): Promise<Recording> {
  const world = openNodeWorld();
  const frames = patternFrames({ seed: 3, sizeBytes: FILE_BYTES });
  const camera = await openSimCamera(world.clock, { profile, frames, shutterMs: 0 });
  await camera.shoot(2);
  const ways: Uint8Array[][] = [];
  const network: Network = {
    connect: async (target, options) => {
      const stream = await world.network.connect(target, options);
      const way: Uint8Array[] = [];
      ways.push(way);
      const read = async (): Promise<Uint8Array | null> => {
        const bytes = await stream.read();
        if (bytes !== null) way.push(bytes.slice());
        return bytes;
      };
      return { ...stream, read };
    },
  };
  const connection = await open(profile, network, camera.port);
  await exercise(connection);
  await connection.close();
  await camera.close();
  return ways;
}

/** The code of the error that it ends with; '' where it comes through. */
async function replay(profile: ProfileName, ways: Recording): Promise<string> {
  let next = 0;
  const network: Network = {
    connect: async () => {
      const way = ways[next];
      next += 1;
      if (way === undefined) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      return playback(way);
    },
  };
  try {
    const connection = await open(profile, network, 1);
    try {
      await exercise(connection);
    } finally {
      await connection.close();
      await Array.fromAsync(connection.events());
    }
    return '';
  } catch (error) {
    if (error instanceof FieldVaultError) return error.code;
    throw error;
  }
}

function open(profile: ProfileName, network: Network, port: number): Promise<CameraConnection> {
  const host = { name: 'studio', processId: 1, isRunning: () => true };
  const world = { network, host, clock: STILL_CLOCK };
  const address = { host: '127.0.0.1', port };
  const options = { busyMs: 0 };
  if (profile === 'fuji') return openFujiCamera(world, address, options);
  return openPtpIpCamera(world, address, options);
}

/** Whoever sleeps until something else happens sleeps on; short pauses are over at once. Nothing is asked twice so. */
const STILL_CLOCK: Clock = {
  nowMs: () => 0,
  monotonicMs: () => 0,
  offsetMinutes: () => 0,
  sleep: (_, signal) => {
    if (signal === undefined || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  },
  every: () => () => undefined,
};

function playback(pieces: readonly Uint8Array[]): ByteStream {
  const left = [...pieces];
  let isClosed = false;
  return {
    read: async () => (isClosed ? null : (left.shift() ?? null)),
    write: async () => undefined,
    close: () => {
      isClosed = true;
    },
  };
}

type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const HARD_NUMBERS = [0, 1, 7, 8, 11, 12, 13, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const copy = bytes.slice();
    const at = pickBelow(random, copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << pickBelow(random, 8));
    return copy;
  },
  (bytes, random) => bytes.slice(0, pickBelow(random, bytes.length)),
  (bytes, random) => {
    const at = pickBelow(random, bytes.length);
    const count = 1 + pickBelow(random, 40);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
  },
  (bytes, random) => {
    const at = pickBelow(random, bytes.length);
    const again = bytes.subarray(at, at + 1 + pickBelow(random, 200));
    return Buffer.concat([bytes.subarray(0, at), again, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const copy = bytes.slice();
    const at = pickBelow(random, Math.max(1, copy.length - 4));
    const number = HARD_NUMBERS[pickBelow(random, HARD_NUMBERS.length)] ?? 0;
    if (copy.length >= 4) new DataView(copy.buffer).setUint32(at, number, true);
    return copy;
  },
];

/** One to three changes, most of them near the beginning, where lengths and counts are; then cut anew. */
function mutate(way: readonly Uint8Array[], random: SeededRandom): readonly Uint8Array[] {
  let bytes: Uint8Array = Buffer.concat(way);
  for (let count = 1 + pickBelow(random, 3); count > 0 && bytes.length > 0; count -= 1) {
    const from = pickBelow(random, 2) === 0 ? 0 : pickBelow(random, bytes.length);
    const mutation = MUTATIONS[pickBelow(random, MUTATIONS.length)] ?? ((same) => same);
    const changed = mutation(bytes.slice(from, from + 1200), random);
    bytes = Buffer.concat([bytes.subarray(0, from), changed, bytes.subarray(from + 1200)]);
  }
  const step = [1, 7, 1000, 65_536][pickBelow(random, 4)] ?? 1;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
  return pieces;
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    if (error instanceof FieldVaultError) return error.code;
    throw error;
  }
}
