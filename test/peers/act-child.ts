/**
 * Runs one act of the library in a process of its own, so that it can be killed, starved or cut off from its drive.
 * Asked by JSON in its first argument; says `ready`, waits for a line on its input (or its end), then `at` once it
 * is under way, and at the end `done` or `failed`: one JSON value per line.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import {
  backup,
  check,
  FieldVaultError,
  findSnapshot,
  openVault,
  openWorld,
  Progress,
  prune,
  restore,
  type World,
} from '../../src/index.ts';
import type { ActEvent, ActRequest } from './acts.ts';

const request: ActRequest = JSON.parse(process.argv[2] ?? '{}');
const progress = new Progress();
const NOW_MS = Date.UTC(2026, 10, 22, 9);

function say(event: ActEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Random names and a time that are the same for the same seed, where faults are planted under known names. */
function worldOf(seed: string | undefined): World {
  const world = openWorld();
  if (seed === undefined) return world;
  let drawn = 0;
  const hex = (digits: number): string => {
    drawn += 1;
    return createHash('sha256').update(`${seed}:${drawn}`).digest('hex').slice(0, digits);
  };
  return { ...world, random: { hex }, clock: { ...world.clock, nowMs: () => NOW_MS } };
}

async function runAct(world: World): Promise<unknown> {
  const vault = await openVault(world, request.vault);
  const { act, paths } = request;
  if (act === 'backup') return backup(world, vault, paths, { progress, learn: false });
  if (act === 'check') return check(world, vault, { readData: true });
  if (act === 'prune') return prune(world, vault);
  const [to = ''] = paths;
  return restore(world, vault, findSnapshot(vault, request.snapshot ?? 'latest'), { to, progress });
}

/** The most memory this process ever held, in bytes; 0 where the system does not say. */
function peakBytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const world = worldOf(request.seed);
say({ event: 'ready' });
for await (const _ of createInterface({ input: process.stdin })) break;
const startMs = performance.now();
const timer = setInterval(() => {
  if (progress.bytesDone < (request.atBytes ?? 1)) return;
  clearInterval(timer);
  say({ event: 'at', bytes: progress.bytesDone });
}, 2);
try {
  const report = await runAct(world);
  const durationMs = performance.now() - startMs;
  say({ event: 'done', report, durationMs, peakBytes: peakBytes() });
} catch (error) {
  const code = error instanceof FieldVaultError ? error.code : '';
  say({ event: 'failed', code, message: String(error) });
  process.exitCode = 1;
} finally {
  clearInterval(timer);
  await world.workers.close();
  process.stdin.destroy();
}
