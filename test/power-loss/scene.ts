import { createHash } from 'node:crypto';
import { backup, forget } from '../../src/backup/index.ts';
import type { World } from '../../src/platform/index.ts';
import {
  type DiskProfile,
  type SimDisk,
  SimDisk as SimulatedDisk,
  simWorld,
} from '../../src/testing/index.ts';
import { createVault, openVault, type Vault } from '../../src/vault/index.ts';

/** Files by `<source>/<path>`. */
export type Contents = ReadonlyMap<string, Uint8Array>;

/** A disk before an act, and all that must still be there after it, whatever happens. */
export interface Scene {
  readonly disk: SimDisk;
  /** Folders of the vaults, the primary first. */
  readonly roots: readonly string[];
  /** What the card holds when the act begins. */
  readonly card: Contents;
  /** What each snapshot holds that was finished before the act. */
  readonly snapshots: ReadonlyMap<string, Contents>;
  /** Snapshots that were forgotten before the act. */
  readonly forgotten: ReadonlySet<string>;
  /** Wall clock when the act begins. */
  readonly startMs: number;
  /** Stored files (absolute) that were damaged on purpose before the act. */
  readonly damaged: readonly string[];
}

/** How the volumes of a scene behave. */
export interface SceneOptions {
  readonly profile: DiskProfile;
  /** Whether a second vault on a drive of its own stands beside the first. */
  readonly hasMirror?: boolean;
  /** Whether the card begins with nothing on it, for a test to fill. */
  readonly isCardEmpty?: boolean;
}

/** The label of the card in every scene: the top folder of its snapshots. */
export const LABEL = 'EOS_DIGITAL';

const CARD = '/card';
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 22, 9);

/** One life of the program on a simulated machine: its own process, its own random names, its own time. */
export function startProcess(
  disk: SimDisk,
  life: { readonly number: number; readonly nowMs: number },
): World {
  const world = simWorld(1000 + life.number, { disk, nowMs: life.nowMs });
  world.volumes.set(CARD, { id: '3456-ABCD', label: LABEL, fileSystem: 'exfat' });
  const processId = 100 + life.number;
  const host = {
    name: 'field-laptop',
    processId,
    isRunning: (other: number) => other === processId,
  };
  // Batches overlap, as on a real machine.
  return { ...world, workers: { ...world.workers, count: 4 }, host };
}

/** Writes a scene step by step; each backup is a process of its own. */
export class SceneWriter {
  readonly disk: SimDisk;
  readonly roots: readonly string[];
  readonly #snapshots: Map<string, Contents> = new Map();
  readonly #forgotten: Set<string> = new Set();
  readonly #damaged: string[] = [];
  #card: Map<string, Uint8Array> = new Map();
  #lives = 0;
  #nowMs = START_MS;

  private constructor(disk: SimDisk, roots: readonly string[]) {
    this.disk = disk;
    this.roots = roots;
  }

  /** A card with a first day's work unless told otherwise, and empty vaults. */
  static async begin(options: SceneOptions): Promise<SceneWriter> {
    // Small steps, so that power can go in the middle of a file.
    const disk = new SimulatedDisk({ seed: 1, writeChunkBytes: 1500 });
    disk.stage.mount(CARD, { profile: options.profile });
    const roots = options.hasMirror === true ? ['/drive/vault', '/mirror/vault'] : ['/drive/vault'];
    for (const root of roots) {
      disk.stage.mount(root.slice(0, root.lastIndexOf('/')), { profile: options.profile });
    }
    const writer = new SceneWriter(disk, roots);
    for (const root of roots) await createVault(writer.process(), root, { label: 'Field A' });
    if (options.isCardEmpty !== true) writer.shootFirstDay();
    return writer;
  }

  /** The next process, an hour later. */
  process(): World {
    this.#lives += 1;
    this.#nowMs += HOUR_MS;
    return startProcess(this.disk, { number: this.#lives, nowMs: this.#nowMs });
  }

  /** The vaults as the process sees them. */
  async open(world: World): Promise<Vault[]> {
    return Promise.all(this.roots.map((root) => openVault(world, root)));
  }

  /** Puts a file on the card. */
  put(path: string, bytes: Uint8Array, day = 1): void {
    this.disk.stage.plant(`${CARD}/${path}`, bytes, START_MS - day * 24 * HOUR_MS);
    this.#card.set(`${LABEL}/${path}`, bytes);
  }

  /** Takes a file off the card. */
  take(path: string): void {
    this.disk.stage.erase(`${CARD}/${path}`);
    this.#card.delete(`${LABEL}/${path}`);
  }

  /**
   * Frames with a sidecar, the same notes twice, an empty file, an empty folder: ten files, so two batches; two days,
   * so two folders of originals.
   */
  shootFirstDay(): void {
    this.put('DCIM/100EOS/IMG_0001.CR3', noise(1, 3100));
    this.put('DCIM/100EOS/IMG_0001.xmp', noise(2, 260));
    this.put('DCIM/100EOS/IMG_0002.JPG', noise(3, 1700), 2);
    for (const frame of [4, 5, 6, 7])
      this.put(`DCIM/100EOS/IMG_000${frame}.CR3`, noise(frame, 900));
    this.put('notes.txt', noise(40, 90));
    this.put('copy of notes.txt', noise(40, 90));
    this.put('empty.txt', noise(50, 0));
    this.disk.stage.makeFolders(`${CARD}/MISC`);
  }

  /** A new frame, a new version of the sidecar, one picture gone, one file under a new name. */
  shootSecondDay(): void {
    this.put('DCIM/100EOS/IMG_0003.CR3', noise(60, 2900), 0);
    this.put('DCIM/100EOS/IMG_0001.xmp', noise(70, 300), 0);
    this.take('DCIM/100EOS/IMG_0002.JPG');
    this.take('copy of notes.txt');
    this.put('kept/notes again.txt', noise(40, 90));
  }

  /** Protects the card and keeps in mind what the snapshot holds. */
  async protect(): Promise<string> {
    const world = this.process();
    const [vault, ...mirrors] = (await this.open(world)) as [Vault, ...Vault[]];
    const report = await backup(world, vault, [CARD], { mirrors });
    if (report.issueCount > 0)
      throw new Error(`the scene has issues: ${report.issues[0]?.message}`);
    this.#snapshots.set(report.snapshot, new Map(this.#card));
    return report.snapshot;
  }

  /** Forgets a snapshot in every vault; nobody asks for it any more. */
  async forget(snapshot: string): Promise<void> {
    const world = this.process();
    for (const vault of await this.open(world)) await forget(world, vault, [snapshot]);
    this.#snapshots.delete(snapshot);
    this.#forgotten.add(snapshot);
  }

  /** What a run leaves that was cut off between the name of a file and its line, and in the middle of another. */
  leaveOver(root: string): void {
    const stored = this.#stored(root, 'IMG_0001~');
    const longer = stored.replace('~', `~${digestOf(this.disk.stage.peek(stored) ?? noise(0, 0))}`);
    this.disk.stage.plant(longer.replace(/~([0-9a-f]{24})[0-9a-f]+/, '~$1'), noise(1, 3100));
    const writer = /-([0-9a-f]{16})\.jsonl$/.exec(
      this.disk.stage.paths(`${root}/journal`)[0] ?? '',
    );
    this.disk.stage.plant(`${root}/incoming/${writer?.[1]}/7.part`, noise(10, 500));
  }

  /** Turns one bit of a stored file; `named` is part of its name. */
  rot(root: string, named: string): void {
    const path = this.#stored(root, named);
    this.disk.stage.flipBit(path, 9);
    this.#damaged.push(path);
  }

  #stored(root: string, named: string): string {
    const path = this.disk.stage.paths(`${root}/originals`).find((one) => one.includes(named));
    if (path === undefined) throw new Error(`nothing in ${root} is called ${named}`);
    return path;
  }

  /** The scene as it is now. The disk is the writer's: it must not be changed any more. */
  end(): Scene {
    return {
      disk: this.disk,
      roots: this.roots,
      card: new Map(this.#card),
      snapshots: new Map(this.#snapshots),
      forgotten: new Set(this.#forgotten),
      startMs: this.#nowMs + HOUR_MS,
      damaged: this.#damaged,
    };
  }
}

/** Bytes that look like nothing else, the same for the same seed. */
export function noise(seed: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = seed * 2_654_435_761;
  for (let index = 0; index < sizeBytes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** The blob id of the bytes. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
