/** A first sync into a bucket over 256 kbit/s and 600 ms, in two network namespaces: only where it is asked for. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openWorld } from '../../src/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';

vi.setConfig({ testTimeout: 900_000, hookTimeout: 60_000 });

const HERE = import.meta.dirname;
const TOOLS = process.env['FIELDVAULT_TOOLS'] ?? join(HERE, '../../../shared/tools');
const LINK = join(TOOLS, 'net/satlink.py');
const CLI = join(HERE, '../../src/cli/main.ts');

const isAsked = process.env['FIELDVAULT_SATELLITE'] === '1';
const canLink = isAsked && existsSync(LINK) && process.getuid?.() === 0;
const why = isAsked
  ? 'a satellite link needs root and net/satlink.py'
  : 'minutes over a satellite link need FIELDVAULT_SATELLITE=1';

/** Resolves once a process says that it is ready. */
function start(command: string, words: readonly string[], children: ChildProcess[]): Promise<void> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes('ready')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
  });
}

describe('a sync over a satellite link', skipBecause(canLink ? null : why), () => {
  const children: ChildProcess[] = [];
  let scratch: string;

  function fieldvault(namespace: string, ...words: readonly string[]) {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: 'http://10.77.0.2:9000',
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: 'satellite',
      AWS_SECRET_ACCESS_KEY: 'satellite',
    };
    const line = ['netns', 'exec', namespace, process.execPath, CLI, ...words, '--json'];
    const ran = spawnSync('ip', line, { encoding: 'utf8', env, cwd: scratch });
    const summary: unknown = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? 'null');
    return { exit: ran.status, summary };
  }

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-satellite-'));
    writeFileSync(join(scratch, 'ctl'), 'rate=256 delay=300 loss=0 up=1');
    await start('python3', [LINK, 'fvSatA', 'fvSatB', '--ctl', join(scratch, 'ctl')], children);
    const server = [process.execPath, join(HERE, 'satellite-server.ts'), '10.77.0.2', '9000'];
    await start('ip', ['netns', 'exec', 'fvSatB', ...server], children);
  });

  afterAll(() => {
    for (const child of children.toReversed()) child.kill('SIGTERM');
    rmSync(scratch, { recursive: true, force: true });
  });

  it('brings facts and previews, then the frames, and all of it is right', async () => {
    const world = openWorld();
    const size = { frames: 4, width: 256, height: 160 };
    const plan = { ...tinyShoot(1), ...size, pairs: false, catalog: false, voiceNotes: false };
    mkdirSync(join(scratch, 'card'));
    await writeShoot(world.disk, join(scratch, 'card'), plan, world.workers);
    await world.workers.close();
    const near = (...words: readonly string[]) => fieldvault('fvSatA', ...words);
    const far = (...words: readonly string[]) => fieldvault('fvSatB', ...words);
    expect(near('init', 'field').exit).toBe(0);
    expect(near('backup', 'card', '--vault', 'field', '--no-learn').exit).toBe(0);
    expect(far('init', 's3://studio/vault').exit).toBe(0);
    const synced = near('sync', 'field', 's3://studio/vault', '--limit', '30k');
    expect(synced).toMatchObject({ exit: 0, summary: { awaited: 0, issueCount: 0 } });
    const looked = far('previews', '--vault', 's3://studio/vault', '--to', 'look');
    expect(looked.summary).toMatchObject({ previews: 4 });
    expect(readdirSync(join(scratch, 'look'))).toEqual(['card']);
    const checked = far('check', '--vault', 's3://studio/vault', '--read-data');
    expect(checked.summary).toMatchObject({ ok: true, damaged: 0 });
  });
});
