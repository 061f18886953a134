import { randomBytes } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { systemCodeOf } from '../base/index.ts';
import { cacheFolder } from './cache-folder.ts';
import { openNodeDisk } from './node-disk.ts';
import { NODE_NETWORK } from './node-network.ts';
import { NODE_POWER } from './node-power.ts';
import { NODE_USB } from './node-usb.ts';
import { openNodeVolumes } from './node-volumes.ts';
import { NODE_WATCHER } from './node-watcher.ts';
import { NodeWorkers } from './node-workers.ts';
import type { Clock, Host, Random, World } from './world.ts';

/** The longest wait of one timer (a signed 32-bit count of milliseconds); longer sleeps are made of several. */
const TIMER_MS_MAX = 2_147_483_647;

/** The real world. Its workers are the caller's to close. */
export function openNodeWorld(): World {
  return {
    disk: openNodeDisk({ blocking: false }),
    clock: NODE_CLOCK,
    random: NODE_RANDOM,
    workers: new NodeWorkers(),
    volumes: openNodeVolumes(),
    host: NODE_HOST,
    network: NODE_NETWORK,
    usb: NODE_USB,
    power: NODE_POWER,
    watcher: NODE_WATCHER,
    cacheFolder: cacheFolder(process.platform, process.env, homedir()),
  };
}

const NODE_CLOCK: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  // JavaScript counts from local time to UTC, we the other way.
  offsetMinutes: (atMs) => 0 - new Date(atMs).getTimezoneOffset(),
  sleep,
  every,
};

const NODE_RANDOM: Random = {
  hex: (digits) =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
};

const NODE_HOST: Host = {
  name: hostname(),
  user: userName(),
  processId: process.pid,
  isRunning: (processId) => {
    // 0 and negative numbers would ask for groups of processes.
    if (!Number.isSafeInteger(processId) || processId <= 0) return false;
    try {
      return process.kill(processId, 0);
    } catch (error) {
      // EPERM: it runs, but belongs to somebody else.
      return systemCodeOf(error) === 'EPERM';
    }
  },
};

/** '' where the system knows no name for this user, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** Never keeps the process alive by itself. */
function every(intervalMs: number, act: () => void): () => void {
  const timer = setInterval(act, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

async function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  const endMs = performance.now() + durationMs;
  try {
    for (let leftMs = durationMs; leftMs > 0; leftMs = endMs - performance.now()) {
      await setTimeout(
        Math.min(leftMs, TIMER_MS_MAX),
        null,
        signal === undefined ? {} : { signal },
      );
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
