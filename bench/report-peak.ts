import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Loaded before a measured program: at its end the most memory the process ever held is left in a file. */
const target = process.env['FIELDVAULT_BENCH_PEAK'];
if (isMainThread && target !== undefined) {
  process.on('exit', () => writeFileSync(target, String(peakBytes())));
}

/** The high-water mark of the process's own memory; elsewhere than on Linux what the system counts for it. */
function peakBytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
