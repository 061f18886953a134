import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Real file systems a test may mount. `ntfs`: without case and with the name rules of Windows. */
export type VolumeType = 'ext4' | 'tmpfs' | 'exfat' | 'ntfs' | 'vfat';

/** A mounted volume of its own image. */
export interface TestVolume {
  /** Where it is mounted. */
  readonly path: string;
  /** The process that serves it; null where the kernel does. */
  readonly daemon: number | null;
  /** The loop device, such as `loop0`; '' where there is none. */
  readonly device: string;
  /** Unmounts it, whatever state it is in; the image stays. */
  unplug(): void;
  /** Mounts the same image again, after a repair where its file system asks for one. */
  mountAgain(path: string): TestVolume;
  /** Unmounts it and removes its image. */
  remove(): void;
}

const COMMANDS: Readonly<Record<VolumeType, readonly (readonly string[])[]>> = {
  ext4: [
    ['mkfs.ext4', '-q', '-F', '-m', '0', 'IMAGE'],
    ['mount', '-o', 'loop,errors=remount-ro', 'IMAGE', 'MOUNT'],
  ],
  tmpfs: [['mount', '-t', 'tmpfs', '-o', 'size=SIZE', 'tmpfs', 'MOUNT']],
  exfat: [
    ['mkfs.exfat', 'IMAGE'],
    ['mount.exfat-fuse', 'LOOP', 'MOUNT'],
  ],
  ntfs: [
    ['mkfs.ntfs', '-q', '-F', '-f', 'IMAGE'],
    ['lowntfs-3g', '-o', 'ignore_case,windows_names', 'LOOP', 'MOUNT'],
  ],
  vfat: [
    ['mkfs.vfat', 'IMAGE'],
    ['mount', '-t', 'vfat', '-o', 'loop', 'IMAGE', 'MOUNT'],
  ],
};

const ENVIRONMENT = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

/** Runs a program. @throws Error with its own words where it fails */
function run(words: readonly string[]): string {
  const [command = '', ...rest] = words;
  const ran = spawnSync(command, rest, { encoding: 'utf8', env: ENVIRONMENT });
  if (ran.error !== undefined) throw new Error(`${command}: not here`);
  if (ran.status !== 0) throw new Error(`${command}: ${ran.stderr.trim() || ran.stdout.trim()}`);
  return ran.stdout.trim();
}

/** Makes an image of so many MB and mounts it on a folder, which is made. */
export function mountVolume(type: VolumeType, sizeMb: number, path: string): TestVolume {
  const image = `${path}.img`;
  writeFileSync(image, '');
  truncateSync(image, sizeMb * 1_048_576);
  try {
    return mountImage(type, { image, sizeMb, path, isNew: true });
  } catch (error) {
    rmSync(image);
    throw error;
  }
}

interface Image {
  readonly image: string;
  readonly sizeMb: number;
  readonly path: string;
  readonly isNew: boolean;
}

function mountImage(type: VolumeType, from: Image): TestVolume {
  const { image, sizeMb, path, isNew } = from;
  mkdirSync(path, { recursive: true });
  let loop = '';
  try {
    for (const words of COMMANDS[type]) {
      if (words[0]?.startsWith('mkfs') && !isNew) continue;
      if (words.includes('LOOP')) loop = run(['losetup', '--find', '--show', image]);
      const places: Readonly<Record<string, string>> = { IMAGE: image, MOUNT: path, LOOP: loop };
      run(words.map((word) => places[word] ?? word.replace('SIZE', `${sizeMb}m`)));
    }
  } finally {
    // Detached once it is unmounted.
    if (loop !== '') run(['losetup', '-d', loop]);
  }
  const mount = mountOf(path);
  const unplug = (): void => {
    try {
      run(['umount', path]);
    } catch {
      run(['umount', '-l', path]);
    }
  };
  return {
    path,
    daemon: mount.isServed ? daemonOf(path) : null,
    device: mount.device.replace('/dev/', ''),
    unplug,
    mountAgain: (where) => mountImage(type, { ...from, path: where, isNew: false }),
    remove: () => {
      if (mountOf(path).device !== '') unplug();
      rmSync(image, { force: true });
    },
  };
}

function mountOf(path: string): { readonly device: string; readonly isServed: boolean } {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const [device = '', , type = ''] =
    mounts.find((line) => line.split(' ')[1] === path)?.split(' ') ?? [];
  return { device, isServed: type.startsWith('fuse') };
}

/** The process that was started with the mount point as one of its words. */
function daemonOf(path: string): number | null {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (words.includes(path) && /exfat|ntfs/.test(words[0] ?? '')) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  return null;
}

/** Why volumes of this type cannot be had here; null where a trial went well. */
export function absence(type: VolumeType): string | null {
  if (process.platform !== 'linux') return 'volumes are mounted on Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount volumes';
  const folder = mkdtempSync(join(tmpdir(), 'fieldvault-volume-'));
  try {
    mountVolume(type, 16, join(folder, 'trial')).remove();
    return null;
  } catch (error) {
    // Without the folder's name and what the system adds: the same reason every time.
    const why = String(error)
      .replaceAll(`${join(folder, 'trial')}: `, '')
      .split('\n')[0];
    return `no ${type} volume can be mounted here (${why?.replace('Error: ', '').replace(/\. .*/, '')})`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Writes a file until it has so many bytes or the volume is full to the last block.
 * @returns its size in bytes
 */
export function fill(path: string, bytesMax: number = Number.POSITIVE_INFINITY): number {
  const file = openSync(path, 'a');
  let written = 0;
  try {
    for (let size = 1_048_576; size >= 512; ) {
      const piece = Buffer.alloc(Math.min(size, bytesMax - written), 0xb5);
      if (piece.length === 0) return written;
      try {
        written += writeSync(file, piece);
      } catch {
        size /= 2;
      }
    }
    return written;
  } finally {
    closeSync(file);
  }
}
