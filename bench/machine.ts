import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** One line that says on what the numbers were taken: processor, memory, disk as far as known, system, Node. */
export function describeMachine(scratch: string): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return [
    `${availableParallelism()} cores of ${model}`,
    `${(totalmem() / 1e9).toFixed(0)} GB of memory`,
    describeDisk(scratch),
    `${type()} ${release()}`,
    `Node ${process.version}`,
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')} at the start`,
  ].join(', ');
}

/** File system and device of a folder; what cannot be learned is left out. */
function describeDisk(folder: string): string {
  try {
    const answer = execFileSync('df', ['--output=fstype,source', folder], { encoding: 'utf8' });
    const [fileSystem = '', source = ''] = (answer.trim().split('\n')[1] ?? '').split(/\s+/);
    return `${fileSystem} on ${source}${describeDevice(source)}`;
  } catch {
    return 'a disk of unknown kind';
  }
}

function describeDevice(source: string): string {
  try {
    const name = source.replace(/^\/dev\//, '');
    const turns = readFileSync(`/sys/class/block/${name}/queue/rotational`, 'utf8').trim();
    // A virtual disk says what its host likes: it is said as the system says it.
    return turns === '1' ? ' (reported as rotating)' : ' (reported as not rotating)';
  } catch {
    return '';
  }
}
