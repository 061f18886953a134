import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CameraConnection, openUsbEndpoints } from '../../src/capture/index.ts';
import { openNodeWorld } from '../../src/platform/index.ts';
import { type CameraUnderTest, cameraContract } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { type RunningUmtprd, startUmtprd, umtprdMissing } from './umtprd.ts';

const world = openNodeWorld();
const missing = umtprdMissing();
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function start(
  fill: (card: string) => void = () => undefined,
): Promise<RunningUmtprd & { readonly connection: CameraConnection }> {
  const running = await startUmtprd(fill);
  open.push(running.close);
  const connection = await openUsbEndpoints(world, running.endpoints);
  open.push(() => connection.close());
  // It watches the folders that were asked for.
  await connection.list();
  return { ...running, connection };
}

let shots = 0;

/** A file appears on the card in one step. */
function shoot({ card, aside }: RunningUmtprd): { name: string; bytes: Uint8Array } {
  shots += 1;
  const name = `SHOT${shots}.NEF`;
  const bytes = randomBytes(70_000 + shots);
  writeFileSync(join(aside, name), bytes);
  // Files that are renamed are not noticed by it, only those that are made.
  linkSync(join(aside, name), join(card, name));
  return { name, bytes };
}

async function make(): Promise<CameraUnderTest> {
  const running = await startUmtprd(() => undefined);
  const connection = await openUsbEndpoints(world, running.endpoints);
  await connection.list();
  return { connection, shoot: async () => shoot(running), close: running.close };
}

const runner = {
  describe: (name: string, body: () => void) => describe(name, skipBecause(missing), body),
  it,
};

cameraContract(runner, "USB containers, Debian's umtprd", make);

describe("Debian's umtprd", skipBecause(missing), () => {
  it('gives every file of a tree bit for bit', async () => {
    const files = [9000, 3_000_000, 30_000_000].map((size) => randomBytes(size));
    const { connection } = await start((card) => {
      mkdirSync(join(card, 'DCIM', '100TEST'), { recursive: true });
      for (const [index, bytes] of files.entries()) {
        writeFileSync(join(card, 'DCIM', '100TEST', `IMG_${index}.JPG`), bytes);
      }
    });
    expect(connection.info()).toMatchObject({ maker: 'Debian', model: 'umtprd', serial: '12345' });
    expect(connection.capabilities).toMatchObject({
      ...{ canCapture: false, hasPartialRead: true, hasObjectSizes64: true },
    });
    const listed = (await connection.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(listed.map(({ folder, name, sizeBytes }) => [folder, name, sizeBytes])).toEqual(
      files.map(({ length }, index) => ['DCIM/100TEST', `IMG_${index}.JPG`, length]),
    );
    for (const [index, bytes] of files.entries()) {
      const read = await connection.read(listed[index]?.handle ?? '', 0, bytes.length + 1);
      expect(bytes.equals(read)).toBe(true);
      const part = await connection.read(listed[index]?.handle ?? '', 4096, 77);
      expect(bytes.subarray(4096, 4096 + 77).equals(part)).toBe(true);
    }
  });

  it('tells of files that come and go, and knows nothing of those that went', async () => {
    const running = await start();
    const { connection, card } = running;
    const { name } = shoot(running);
    const kinds: string[] = [];
    for await (const event of connection.events()) {
      if (event.kind === 'added') {
        expect((await connection.describe(event.handle))?.name).toBe(name);
        rmSync(join(card, name));
      }
      kinds.push(event.kind);
      if (event.kind !== 'removed') continue;
      expect(await connection.describe(event.handle)).toBeNull();
      break;
    }
    expect(kinds.filter((kind) => kind !== 'changed')).toEqual(['added', 'removed']);
    expect(await connection.list()).toEqual([]);
  });
});
