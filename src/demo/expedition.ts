import { EXIT, type Outside, runCli } from '../cli/index.ts';
import { openVault, type Vault, type World } from '../index.ts';
import { type ShootPlan, SimLink, tinyShoot, withDisk, writeShoot } from '../testing/index.ts';
import { compareFolders } from './compare-folders.ts';

/** Where an expedition takes place, and who watches. */
export interface Stage {
  readonly world: World;
  /** Absolute path of an empty folder of its own. */
  readonly scratch: string;
  /** Where the studio's vault is made: a folder, or an address that vaults may have. */
  readonly studio: string;
  readonly outside: Outside;
  /** Says what happens, in the words of a story. */
  readonly tell: (text: string) => void;
}

/** What came of an expedition. */
export interface ExpeditionEnd {
  /** What is not as it must be; nothing where all is well. */
  readonly wrong: readonly string[];
  /** Frames that were taken. */
  readonly frames: number;
  /** Conflicts that were found and settled. */
  readonly conflicts: number;
}

const DAY_MS = 86_400_000;
const FRAMES_A_DAY = 4;

/**
 * Two weeks, two cameras, two field drives, one laptop, one studio: everything is protected in the field, edited on both
 * sides, cut off, damaged, and becomes one in the end. Every act is a command as a person types it.
 */
export async function runExpedition(stage: Stage): Promise<ExpeditionEnd> {
  const expedition = new Expedition(stage);
  await expedition.begin();
  await expedition.firstWeek();
  await expedition.badLink();
  await expedition.secondWeek();
  await expedition.damagedDrive();
  await expedition.home();
  await expedition.proof();
  const { wrong, frames, conflicts } = expedition;
  return { wrong, frames, conflicts };
}

class Expedition {
  readonly wrong: string[] = [];
  frames = 0;
  conflicts = 0;
  readonly #stage: Stage;
  #day = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async begin(): Promise<void> {
    this.#tell(
      'Two cameras, two field drives, a laptop; a vault on each drive and one in the studio.',
    );
    const { studio } = this.#stage;
    for (const [path, label] of [
      [this.#at('drive1/vault'), 'Field 1'],
      [this.#at('drive2/vault'), 'Field 2'],
      [studio, 'Studio'],
    ] as const) {
      await this.#makeFolder(path.slice(0, path.lastIndexOf('/')));
      await this.#type(['init', path, '--label', label]);
    }
  }

  /** Each day both cards are protected on the drive of whoever shot them. */
  async firstWeek(): Promise<void> {
    for (let day = 1; day <= 5; day += 2) {
      await this.#nextDay(day);
      await this.#shoot('cameraA', day);
      await this.#shoot('cameraB', 100 + day);
      await this.#protect('cameraA', this.#at('drive1/vault'));
      await this.#protect('cameraB', this.#at('drive2/vault'));
    }
    this.#tell('Day 5, in the evening: the two drives are synced, each then holds both cameras.');
    await this.#sync(this.#at('drive1/vault'), this.#at('drive2/vault'));
    this.#tell('On the laptop a folder of the trip is begun: copies of selects, notes, edits.');
    await this.#edit('laptop/Trip', {
      'notes.txt': 'Day 5: storm, everything is wet.',
      'captions.txt': 'unnamed',
      'selects/first.xmp': sidecar(3),
      'old list.txt': 'not needed any more',
    });
    await this.#protect('laptop/Trip', this.#at('drive1/vault'));
  }

  /** The studio is told of it over a link that breaks twice. */
  async badLink(): Promise<void> {
    await this.#nextDay(7);
    this.#tell(
      'Day 7: a lodge with a link to the studio. It breaks twice; each sync goes on where it stopped.',
    );
    const { world, studio } = this.#stage;
    const link = new SimLink({ far: studio, clock: world.clock });
    for (const bytes of [250_000, 250_000]) {
      link.cutAfter(bytes);
      const cut = withDisk(world, link.seen(world.disk));
      const exit = await this.#type(['sync', this.#at('drive1/vault'), studio], {
        ...world,
        ...cut,
      });
      if (exit === EXIT.done) this.#tell('(all had arrived before the link broke)');
      link.mend();
    }
    await this.#sync(this.#at('drive1/vault'), studio);
  }

  /** The same folder is edited in the field and in the studio. */
  async secondWeek(): Promise<void> {
    await this.#nextDay(9);
    this.#tell('Day 9: in the studio an editor restores the folder of the trip and works on it.');
    const { studio } = this.#stage;
    const snapshot = await this.#newestOf(studio, 'Trip');
    await this.#type(['restore', snapshot, '--vault', studio, '--to', this.#at('desk')]);
    await this.#edit('desk/Trip', {
      'captions.txt': 'Storm over the bay (by the editor)',
      'selects/first.xmp': sidecar(5),
      'layout/page 1.txt': 'the storm on a double page',
    });
    await this.#remove('desk/Trip/old list.txt');
    await this.#protect('desk/Trip', studio);
    await this.#nextDay(11);
    this.#tell('Day 11: in the field nobody knows of that, and the same folder is edited on.');
    await this.#edit('laptop/Trip', {
      'notes.txt': 'Day 5: storm, everything is wet. Day 11: sun at last.',
      'captions.txt': 'Storm at the cape (by the photographer)',
      'selects/second.xmp': sidecar(4),
    });
    await this.#shoot('cameraA', 11);
    await this.#protect('cameraA', this.#at('drive1/vault'));
    await this.#protect('laptop/Trip', this.#at('drive1/vault'));
  }

  /** The second drive was dropped: bits are wrong and a file is gone. */
  async damagedDrive(): Promise<void> {
    await this.#nextDay(12);
    this.#tell('Day 12: the second drive fell. Two of its files have wrong bytes, one is gone.');
    const files = await this.#filesBelow(this.#at('drive2/vault/originals'));
    const pictures = files.filter((path) => path.endsWith('.NEF'));
    for (const path of pictures.slice(0, 2)) await this.#spoil(path);
    const lost = pictures[2];
    if (lost !== undefined) await this.#stage.world.disk.removeFile(lost);
    const exit = await this.#type(['check', '--vault', this.#at('drive2/vault'), '--read-data']);
    this.#must(exit === EXIT.damageFound, 'the check does not find what the fall damaged');
  }

  /** Home: everything becomes one, what is damaged is mended, what both changed is told. */
  async home(): Promise<void> {
    await this.#nextDay(14);
    const { studio } = this.#stage;
    this.#tell('Day 14, home: the first drive meets the studio. Both sides had edited the trip.');
    await this.#sync(this.#at('drive1/vault'), studio);
    await this.#type(['conflicts', '--vault', studio]);
    const vault = await this.#open(studio);
    const open = vault.ledger.replicas.open();
    this.conflicts = open.length;
    for (const { conflict } of open) {
      this.#tell(
        'The photographer decides: the caption from the field counts, the edit of the studio stays in history.',
      );
      await this.#type(['resolve', conflict.slice(0, 8), '--take', 'field', '--vault', studio]);
    }
    this.#tell('The second drive gets what it lacks, and its damaged files are mended.');
    await this.#sync(this.#at('drive2/vault'), studio);
    this.#tell('A last sync of the first drive: it hears what was decided.');
    await this.#sync(this.#at('drive1/vault'), studio);
  }

  /** Every vault is whole, all hold the same, and every frame comes back from the studio bit for bit. */
  async proof(): Promise<void> {
    const { studio } = this.#stage;
    this.#tell(
      'The proof: every byte of every vault is read, and every day comes back from the studio.',
    );
    for (const path of [this.#at('drive1/vault'), this.#at('drive2/vault'), studio]) {
      const exit = await this.#type(['check', '--vault', path, '--read-data']);
      this.#must(exit === EXIT.done, `${path} is not whole`);
    }
    const held = await Promise.all(
      [this.#at('drive1/vault'), this.#at('drive2/vault'), studio].map(async (path) => {
        const { ledger } = await this.#open(path);
        return [...ledger.blobs.keys()]
          .filter((blob) => ledger.holds(blob))
          .sort()
          .join();
      }),
    );
    this.#must(new Set(held).size === 1, 'the vaults do not hold the same originals');
    const vault = await this.#open(studio);
    for (const camera of ['cameraA', 'cameraB']) {
      const snapshot = await this.#newestOf(studio, camera);
      const to = this.#at(`back/${camera}`);
      await this.#type(['restore', snapshot, '--vault', studio, '--to', to]);
      const { different, onlyInFirst } = await compareFolders(
        this.#stage.world,
        this.#at(camera),
        `${to}/${camera}`,
      );
      this.#must([...different, ...onlyInFirst].length === 0, `${camera} came back different`);
    }
    const merged = await this.#newestOf(studio, 'Trip');
    await this.#type(['ls', merged, '--vault', studio]);
    this.#must(vault.ledger.replicas.open().length === 0, 'a conflict is still open');
  }

  #must(isSo: boolean, otherwise: string): void {
    if (!isSo) this.wrong.push(otherwise);
  }

  #tell(text: string): void {
    this.#stage.tell(text);
  }

  #at(path: string): string {
    return `${this.#stage.scratch}/${path}`;
  }

  /** Types a command, as it stands in the story. */
  async #type(words: readonly string[], world: World = this.#today()): Promise<number> {
    const { outside, scratch } = this.#stage;
    const shown = words.map((word) => word.replace(`${scratch}/`, ''));
    const quoted = shown.map((word) => (/\s/.test(word) ? `'${word}'` : word));
    outside.stdout.write(`\n  $ fieldvault ${quoted.join(' ')}\n`);
    return runCli(words, outside, world);
  }

  async #protect(source: string, vault: string): Promise<void> {
    const exit = await this.#type(['backup', this.#at(source), '--vault', vault, '--no-learn']);
    this.#must(exit === EXIT.done, `${source} was not protected`);
  }

  async #sync(one: string, other: string): Promise<void> {
    const exit = await this.#type(['sync', one, other]);
    this.#must(exit === EXIT.done, `a sync ended with ${exit}`);
  }

  /** The world on this day of the expedition. */
  #today(): World {
    const { world } = this.#stage;
    const { clock } = world;
    const aheadMs = this.#day * DAY_MS;
    return {
      ...world,
      clock: {
        nowMs: () => clock.nowMs() + aheadMs,
        monotonicMs: () => clock.monotonicMs(),
        offsetMinutes: (atMs) => clock.offsetMinutes(atMs),
        sleep: (durationMs, signal) => clock.sleep(durationMs, signal),
        every: (intervalMs, act) => clock.every(intervalMs, act),
      },
    };
  }

  async #nextDay(day: number): Promise<void> {
    this.#day = day;
  }

  async #shoot(camera: string, seed: number): Promise<void> {
    const { world } = this.#stage;
    const plan: ShootPlan = { ...tinyShoot(seed), frames: FRAMES_A_DAY, catalog: false };
    const folder = this.#at(`${camera}/day ${String(seed % 100).padStart(2, '0')}`);
    await this.#makeFolder(folder);
    const shoot = await writeShoot(world.disk, folder, plan, world.workers);
    this.frames += shoot.frames.length;
  }

  async #edit(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
    const { disk } = this.#stage.world;
    for (const [path, text] of Object.entries(files)) {
      const whole = this.#at(`${folder}/${path}`);
      await this.#makeFolder(whole.slice(0, whole.lastIndexOf('/')));
      if ((await disk.stat(whole)) !== null) await disk.removeFile(whole);
      await this.#write(whole, new TextEncoder().encode(text));
      // Edited on the day of the story, not on the day it is told.
      await disk.setMtime(whole, this.#today().clock.nowMs());
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#stage.world.disk.createNew(path);
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #remove(path: string): Promise<void> {
    await this.#stage.world.disk.removeFile(this.#at(path));
  }

  async #makeFolder(path: string): Promise<void> {
    const { disk } = this.#stage.world;
    if (path.includes('://') || (await disk.stat(path)) !== null) return;
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== '') await this.#makeFolder(parent);
    await disk.makeFolder(path);
  }

  async #filesBelow(folder: string): Promise<string[]> {
    const files: string[] = [];
    for (const { name, kind } of await this.#stage.world.disk.listFolder(folder)) {
      const path = `${folder}/${name}`;
      if (kind === 'folder') files.push(...(await this.#filesBelow(path)));
      else files.push(path);
    }
    return files.sort();
  }

  /** Changes a byte in the middle, as a drive does that was dropped. */
  async #spoil(path: string): Promise<void> {
    const { disk } = this.#stage.world;
    const file = await disk.openRead(path);
    const { sizeBytes, mtimeMs } = await file.facts();
    const bytes = new Uint8Array(sizeBytes);
    await file.read(bytes, 0);
    await file.close();
    const middle = Math.floor(sizeBytes / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x40;
    await disk.removeFile(path);
    await this.#write(path, bytes);
    await disk.setMtime(path, mtimeMs);
  }

  #open(path: string): Promise<Vault> {
    return openVault(this.#stage.world, path);
  }

  /** The newest snapshot of a source. */
  async #newestOf(path: string, source: string): Promise<string> {
    const { ledger } = await this.#open(path);
    const runs = [...ledger.runs.values()].filter(({ snapshot, sources }) => {
      return snapshot !== null && sources.some((one) => one.source === source);
    });
    return runs.toSorted((a, b) => a.order - b.order).at(-1)?.id ?? 'latest';
  }
}

function sidecar(rating: number): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="${rating}"/></rdf:RDF></x:xmpmeta>\n`;
}
