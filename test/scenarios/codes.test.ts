import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CODES, ISSUE_CODES } from '../../src/base/index.ts';
import { learn, readPolicyFile, setPolicy } from '../../src/index.ts';
import {
  type DiskCall,
  PROFILES,
  type SimWorld,
  simWorld,
  tinyShoot,
  withDisk,
  writeShoot,
} from '../../src/testing/index.ts';
import { openVault, takeLease } from '../../src/vault/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

const CARD = '/card/DCIM';
const BACKUP = 'backup /card --vault /drive/vault --json';
const RESTORE = 'restore latest --vault /drive/vault --to /back --json';
const CHECK = 'check --vault /drive/vault --read-data --json';

let world: SimWorld;

beforeEach(async () => {
  world = simWorld(1);
  world.disk.stage.mount('/drive', { profile: PROFILES.ext4, capacityBytes: 100_000_000 });
  for (const name of ['A.NEF', 'B.NEF', 'C.xmp']) {
    world.disk.stage.plant(`${CARD}/${name}`, `the content of ${name}`);
  }
  await type('init /drive/vault');
});

function type(words: string): Promise<Typed> {
  return typeWords(world, words.split(' '));
}

/** Calls of this kind on a path that ends so. */
function on(kind: DiskCall['kind'], end: string): (call: DiskCall) => boolean {
  return (call) => call.kind === kind && call.path.endsWith(end);
}

function fail(when: (call: DiskCall) => boolean, error: string): void {
  world.disk.faults.add({ when, error, times: 1000 });
}

/** The newest journal file, and in it the first line of this type: where it begins and how long it is, in bytes. */
function findLine(type: string): { path: string; startBytes: number } {
  for (const path of world.disk.stage.paths('/drive/vault/journal').reverse()) {
    const text = new TextDecoder().decode(world.disk.stage.peek(path) ?? new Uint8Array());
    const startBytes = text.indexOf(`{"type":"${type}"`);
    if (startBytes >= 0) return { path, startBytes };
  }
  throw new Error(`no line of type ${type}`);
}

function storedPicture(): string {
  const places = world.disk.stage.paths('/drive/vault/originals');
  return places.find((path) => /\/A~[0-9a-f]+\.NEF$/.test(path)) ?? '';
}

/** What learning says where the full record of a real picture has these tags. */
async function learnWith(tags: Readonly<Record<string, unknown>>): Promise<Typed> {
  await writeShoot(world.disk, '/shot', tinyShoot(1));
  await type('backup /shot --vault /drive/vault --no-learn');
  const record = { version: 1, tool: 'ExifTool 0', tags, warnings: [], leftOut: [] } as const;
  const records = {
    read: async () => ({ state: 'read', record }) as const,
    close: async () => {},
  };
  const { issues } = await learn(world, await openVault(world, '/drive/vault'), { records });
  const lines = issues.map((issue) => ({ type: 'issue', ...issue }));
  return { exit: 0, stdout: '', stderr: '', records: lines, summary: { issues } };
}

/** How each error happens to a photographer: a command that cannot go on. */
const ERRORS: readonly (readonly [(typeof ERROR_CODES)[number], () => Promise<Typed>])[] = [
  ['BAD_USAGE', () => type('backup /drive/vault --vault /drive/vault --json')],
  [
    'DAMAGED',
    async () => {
      await type(BACKUP);
      world.disk.stage.erase(findLine('blob').path);
      return type('prune --vault /drive/vault --json');
    },
  ],
  [
    'LEASED',
    async () => {
      const writer = 'f'.repeat(16);
      world.disk.stage.makeFolders(`/drive/vault/incoming/${writer}`);
      await takeLease(world, await openVault(world, '/drive/vault'), { act: 'prune', writer });
      return type(BACKUP);
    },
  ],
  ['NOT_A_VAULT', () => type('status --vault /card --json')],
  ['NO_SUCH_SNAPSHOT', () => type(RESTORE)],
  ['SOURCE_MISSING', () => type('backup /gone --vault /drive/vault --json')],
  [
    'TARGET_FULL',
    () => {
      world.disk.stage.setCapacity('/drive', world.disk.stage.usedBytes('/drive'));
      return type(BACKUP);
    },
  ],
  [
    'TARGET_GONE',
    () => {
      const run = (): void => world.disk.faults.vanish('/drive');
      world.disk.faults.add({ when: on('read', 'A.NEF'), run });
      return type(BACKUP);
    },
  ],
  ['TARGET_NOT_EMPTY', () => type('init /card --json')],
  [
    'TARGET_READ_ONLY',
    () => {
      world.disk.faults.setReadOnly('/drive', true);
      return type(BACKUP);
    },
  ],
  [
    'UNSUPPORTED_FORMAT',
    () => {
      const body = '{"type":"vault","format":2,"vault":"00","label":""';
      const crc = crc32(body).toString(16).padStart(8, '0');
      world.disk.stage.plant('/new/fieldvault.json', `${body},"crc":"${crc}"}\n`);
      return type('status --vault /new --json');
    },
  ],
];

/** How each issue happens: a command goes on and names the file. */
const ISSUES: readonly (readonly [(typeof ISSUE_CODES)[number], () => Promise<Typed>])[] = [
  [
    'BLOB_DAMAGED',
    async () => {
      await type(BACKUP);
      world.disk.stage.flipBit(storedPicture(), 9);
      return type(RESTORE);
    },
  ],
  [
    'BLOB_MISSING',
    async () => {
      await type(BACKUP);
      world.disk.stage.erase(storedPicture());
      return type(CHECK);
    },
  ],
  [
    'BLOB_UNKNOWN',
    async () => {
      await type(BACKUP);
      world.disk.stage.erase(findLine('blob').path);
      return type(CHECK);
    },
  ],
  [
    'CAPTURE_CHANGED',
    async () => {
      await type(BACKUP);
      world.clock.advance(60_000);
      world.disk.stage.plant(`${CARD}/A.NEF`, 'other pixels');
      return type(BACKUP);
    },
  ],
  [
    'CHANGED_WHILE_READ',
    () => {
      let count = 0;
      const run = (): void => {
        count += 1;
        world.disk.stage.plant(`${CARD}/C.xmp`, 'x'.repeat(count));
      };
      world.disk.faults.add({ when: on('read', 'C.xmp'), run, times: 1000 });
      return type(BACKUP);
    },
  ],
  [
    'FILE_EXISTS',
    async () => {
      await type(BACKUP);
      world.disk.stage.plant('/back/card/DCIM/A.NEF', 'edited');
      return type(RESTORE);
    },
  ],
  [
    'FOLDER_UNREADABLE',
    () => {
      fail(on('listFolder', CARD), 'EIO');
      return type(BACKUP);
    },
  ],
  [
    'HELD_BACK',
    async () => {
      world.disk.stage.plant('/tiers.yaml', 'tiers:\n  - name: general\n    quota: 1B\n');
      await type('policy set /tiers.yaml --vault /drive/vault');
      return type(BACKUP);
    },
  ],
  [
    'JOURNAL_DAMAGED',
    async () => {
      await type(BACKUP);
      const { path, startBytes } = findLine('run');
      world.disk.stage.flipBit(path, startBytes * 8 + 100);
      return type(CHECK);
    },
  ],
  ['METADATA_DISAGREES', () => learnWith({ 'IFD0:Model': 'Another camera' })],
  [
    'METADATA_UNREADABLE',
    () => {
      world.disk.stage.plant(`${CARD}/D.JPG`, 'not a picture at all');
      return type(BACKUP);
    },
  ],
  [
    'MIRROR_LOST',
    async () => {
      world.disk.stage.mount('/mirror', { profile: PROFILES.ext4 });
      await type('init /mirror/vault');
      const run = (): void => world.disk.faults.vanish('/mirror');
      world.disk.faults.add({ when: on('read', 'A.NEF'), run });
      return type(`${BACKUP} --mirror /mirror/vault`);
    },
  ],
  [
    'NAME_CHANGED',
    async () => {
      world.disk.stage.plant(`${CARD}/12:30.jpg`, 'pixels');
      world.disk.stage.mount('/back', { profile: PROFILES.exfat });
      await type(BACKUP);
      return type(RESTORE);
    },
  ],
  [
    'NOT_LEARNED',
    () => {
      fail((call) => call.path.startsWith('/drive/vault/facts'), 'EROFS');
      return type(BACKUP);
    },
  ],
  [
    'POLICY_UNREADABLE',
    async () => {
      world.disk.stage.plant('/tiers.yaml', 'tiers:\n  - name: general\n');
      const { policy } = await readPolicyFile(world, '/tiers.yaml');
      const text = 'tiers: of tomorrow';
      await setPolicy(world, await openVault(world, '/drive/vault'), { policy, text });
      return type(BACKUP);
    },
  ],
  [
    'SNAPSHOT_INCOMPLETE',
    async () => {
      await type(BACKUP);
      const { path, startBytes } = findLine('entry');
      // Two bits: one alone would be mended.
      for (const bit of [100, 207]) world.disk.stage.flipBit(path, startBytes * 8 + bit);
      return type(RESTORE);
    },
  ],
  [
    'SOURCE_VANISHED',
    () => {
      const run = (): void => world.disk.faults.vanish('/card');
      world.disk.faults.add({ when: on('openRead', 'B.NEF'), run });
      return type(BACKUP);
    },
  ],
  [
    'SPECIAL_FILE',
    () => {
      const { disk } = world;
      const socket = {
        name: 'socket',
        kind: 'special',
        sizeBytes: 0,
        mtimeMs: 0,
        mode: 0,
      } as const;
      const listFolder = async (path: string) => {
        const entries = await disk.listFolder(path);
        return path === CARD ? [...entries, socket] : entries;
      };
      const proxy = new Proxy(disk, {
        get: (target, name) => {
          if (name === 'listFolder') return listFolder;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      return typeWords(withDisk(world, proxy), BACKUP.split(' '));
    },
  ],
  [
    'SUSPECTED_ROT',
    async () => {
      await type(BACKUP);
      world.disk.stage.flipBit(`${CARD}/A.NEF`, 3);
      let typed = await type(BACKUP);
      // Each file is read again once in 64 runs.
      for (let run = 2; run <= 64 && typed.exit === 0; run += 1) typed = await type(BACKUP);
      return typed;
    },
  ],
  [
    'TARGET_FULL',
    () => {
      world.disk.stage.plant(`${CARD}/D.MOV`, new Uint8Array(6_000_000));
      world.disk.stage.setCapacity('/drive', world.disk.stage.usedBytes('/drive') + 8_000_000);
      return type(BACKUP);
    },
  ],
  [
    'UNREADABLE',
    () => {
      fail(on('read', 'A.NEF'), 'EIO');
      return type(BACKUP);
    },
  ],
  [
    'VAULT_FILE_DAMAGED',
    () => {
      world.disk.stage.erase('/drive/vault/READ ME FIRST.txt');
      return type(CHECK);
    },
  ],
  [
    'WEAK_DURABILITY',
    async () => {
      world.disk.stage.mount('/net', { profile: { ...PROFILES.ext4, sync: 'weak' } });
      await type('init /net/vault');
      return type('backup /card --vault /net/vault --json');
    },
  ],
  [
    'WRITE_FAILED',
    () => {
      fail((call) => call.kind === 'read' && call.path.includes('/incoming/'), 'EIO');
      return type(BACKUP);
    },
  ],
];

describe('every code happens, and says what is safe', () => {
  it('has a scenario for each', () => {
    // What befalls cameras stands in src/capture: it takes a wire; two vaults, in sync-dangers.test.ts.
    const typed = ERROR_CODES.filter((code) => !/^(CAMERA|VAULT)_/.test(code));
    expect(ERRORS.map(([code]) => code)).toEqual(typed);
    // What befalls catalogs stands in open-catalog.test.ts: SQLite opens real files only; what befalls frames on their way
    // from a camera in tether.test.ts and tether-faults.test.ts.
    const here = ISSUE_CODES.filter((code) => !/^(CATALOG|CAMERA|FRAME)_/.test(code));
    expect(ISSUES.map(([code]) => code)).toEqual(here);
  });

  it.each(ERRORS)('error %s', async (code, happen) => {
    const { exit, summary } = await happen();
    expect(exit).not.toBe(0);
    expect(summary).toMatchObject({ ok: false, error: { code, message: expect.any(String) } });
  });

  it.each(ISSUES)('issue %s', async (code, happen) => {
    const { exit, records, summary } = await happen();
    const issue = { code, path: expect.any(String), message: expect.stringMatching(/\w{3}.*\.$/) };
    expect(records).toContainEqual({ type: 'issue', ...issue });
    expect(summary['issues']).toContainEqual(issue);
    expect(summary['error']).toBeUndefined();
    // Worth a word; no file has come to harm.
    const isHarmless = /^(METADATA_|NOT_LEARNED|POLICY_|WEAK_)/.test(code);
    expect(exit === 0).toBe(isHarmless);
  });
});
