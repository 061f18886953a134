import assert from 'node:assert/strict';
import { FieldVaultError } from '../base/index.ts';
import type { CameraConnection, CameraHandle, CameraObject } from '../capture/index.ts';
import type { TestRunner } from './disk-contract.ts';

/** A connection to try, and a hand at the camera behind it. */
export interface CameraUnderTest {
  readonly connection: CameraConnection;
  /** One more file comes to be at the camera, and is told of, as when a person presses the shutter. */
  shoot(): Promise<ContractShot>;
  /** Ends the camera; the contract closes the connection itself. */
  close(): Promise<void>;
}

/** A file that the connection has to hand over. */
export interface ContractShot {
  readonly name: string;
  /** Not empty. */
  readonly bytes: Uint8Array;
}

type Body = (tested: CameraUnderTest) => Promise<void>;

/**
 * What every connection to a camera must do, whatever the way to it. Who ties in a vendor's own SDK shows with it that
 * tethering may rely on that. `make` gives each test a camera of its own, without files.
 */
export function cameraContract(
  runner: TestRunner,
  name: string,
  make: () => Promise<CameraUnderTest>,
): void {
  const rules: Readonly<Record<string, Body>> = { ...FILE_RULES, ...READ_RULES, ...LIFE_RULES };
  runner.describe(`camera contract: ${name}`, () => {
    for (const [rule, body] of Object.entries(rules)) {
      runner.it(rule, async () => {
        const tested = await make();
        try {
          await body(tested);
        } finally {
          await tested.connection.close();
          await tested.close();
        }
      });
    }
  });
}

const FILE_RULES: Readonly<Record<string, Body>> = {
  'info() says which camera it is': async ({ connection }) => {
    const { maker, model, serial, firmware } = connection.info();
    for (const text of [maker, model, serial, firmware]) assert.equal(typeof text, 'string');
  },
  'a new file is told of, described and listed': async ({ connection, shoot }) => {
    const told = nextFile(connection);
    const { name, bytes } = await shoot();
    const object = await told;
    assert.equal(object.name, name);
    assert.ok(object.sizeBytes === null || object.sizeBytes === bytes.length);
    assert.match(object.capturedLocal ?? '2026-11-22T09:00:00', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    const listed = (await connection.list()).filter(({ handle }) => handle === object.handle);
    assert.deepEqual(listed, [await connection.describe(object.handle)]);
  },
  'list() names each file once, and no folder': async ({ connection, shoot }) => {
    const names: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const told = nextFile(connection);
      names.push((await shoot()).name);
      const { handle } = await told;
      await connection.read(handle, 0, 1);
    }
    const listed = await connection.list();
    assert.deepEqual(namesOn(listed), names.toSorted());
    assert.equal(new Set(listed.map(({ handle }) => handle)).size, listed.length);
  },
  'describe() knows nothing of a handle that was never given': async ({ connection }) => {
    assert.equal(await connection.describe('never given'), null);
  },
};

const READ_RULES: Readonly<Record<string, Body>> = {
  'read() gives a file bit for bit, in order': async ({ connection, shoot }) => {
    const told = nextFile(connection);
    const { bytes } = await shoot();
    const { handle } = await told;
    const step = Math.ceil(bytes.length / 3) + 1;
    assert.deepEqual(await readAll(connection, handle, step), Buffer.from(bytes));
    assert.deepEqual(await readAll(connection, handle, bytes.length + 1), Buffer.from(bytes));
  },
  'read() gives any part, short at the end, empty behind it': async ({ connection, shoot }) => {
    const told = nextFile(connection);
    const { bytes } = await shoot();
    const { handle } = await told;
    const half = bytes.length >> 1;
    const read = (offset: number, length: number) => connection.read(handle, offset, length);
    assert.deepEqual(bytesOf(await read(half, bytes.length)), bytesOf(bytes.subarray(half)));
    assert.deepEqual(bytesOf(await read(1, half)), bytesOf(bytes.subarray(1, 1 + half)));
    assert.equal((await read(bytes.length, 10)).length, 0);
    assert.equal((await read(bytes.length + 1000, 10)).length, 0);
    assert.equal((await read(0, 0)).length, 0);
  },
  'calls may overlap': async ({ connection, shoot }) => {
    const told = nextFile(connection);
    const { name, bytes } = await shoot();
    const { handle } = await told;
    const [first, listed, object, second] = await Promise.all([
      connection.read(handle, 0, 100),
      connection.list(),
      connection.describe(handle),
      connection.read(handle, 1, 100),
    ]);
    assert.deepEqual(bytesOf(first), bytesOf(bytes.subarray(0, 100)));
    assert.deepEqual(bytesOf(second), bytesOf(bytes.subarray(1, 101)));
    assert.deepEqual([...namesOn(listed), object?.name], [name, name]);
  },
  'acknowledge() removes nothing from a card': async ({ connection, shoot }) => {
    const told = nextFile(connection);
    const { bytes } = await shoot();
    const { handle, isOnlyInMemory } = await told;
    assert.deepEqual(await readAll(connection, handle, bytes.length + 1), Buffer.from(bytes));
    await connection.acknowledge(handle);
    await connection.acknowledge(handle);
    if (isOnlyInMemory) return;
    assert.deepEqual(
      (await connection.list()).map((object) => object.handle),
      [handle],
    );
  },
};

const LIFE_RULES: Readonly<Record<string, Body>> = {
  'capture() brings a file where it can': async ({ connection }) => {
    if (!connection.capabilities.canCapture) {
      await rejectsWith('CAMERA_REFUSED', connection.capture());
      return;
    }
    const told = nextFile(connection);
    await connection.capture();
    assert.notEqual((await told).name, '');
  },
  'close() ends events and everything else, and may be called again': async ({ connection }) => {
    const told = Array.fromAsync(connection.events());
    await connection.close();
    await connection.close();
    assert.ok(!(await told).some(({ kind }) => kind === 'lost'));
    await rejectsWith('CAMERA_GONE', connection.list());
  },
  'close() lets a shot that was ordered be taken': async ({ connection }) => {
    if (!connection.capabilities.canCapture) return;
    const shot = connection.capture();
    await connection.close();
    await shot;
  },
  'there is no way to remove a file': async ({ connection }) => {
    const names: string[] = [];
    for (let at: unknown = connection; at instanceof Object; at = Object.getPrototypeOf(at)) {
      names.push(...Object.getOwnPropertyNames(at));
    }
    assert.deepEqual(
      names.filter((name) => /delet|remov|format|erase|unlink/i.test(name)),
      [],
    );
  },
};

/** A frame in memory may be listed beside its own copy on the card. */
function namesOn(listed: readonly CameraObject[]): string[] {
  const inMemory = listed.filter(({ isOnlyInMemory }) => isOnlyInMemory);
  const doubled = new Set(inMemory.map((object) => object.name));
  const alone = listed.filter(({ isOnlyInMemory, name }) => isOnlyInMemory || !doubled.has(name));
  return alone.map((object) => object.name).toSorted();
}

/** The next file that the connection tells of; folders are no files. */
async function nextFile(connection: CameraConnection): Promise<CameraObject> {
  for await (const event of connection.events()) {
    if (event.kind === 'lost') throw new Error(`lost: ${event.reason}`);
    if (event.kind !== 'added') continue;
    const object = await connection.describe(event.handle);
    if (object !== null) return object;
  }
  throw new Error('events ended');
}

async function readAll(
  connection: CameraConnection,
  handle: CameraHandle,
  step: number,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const piece = await connection.read(handle, at, step);
    pieces.push(piece);
    at += piece.length;
    if (piece.length < step) return Buffer.concat(pieces);
  }
}

function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

async function rejectsWith(code: FieldVaultError['code'], act: Promise<unknown>): Promise<void> {
  await assert.rejects(act, (error) => error instanceof FieldVaultError && error.code === code);
}
