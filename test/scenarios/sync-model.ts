import { createHash } from 'node:crypto';
import { backup, checkVault } from '../../src/backup/index.ts';
import { FieldVaultError, sync } from '../../src/index.ts';
import type { World } from '../../src/platform/index.ts';
import {
  type PowerLossMode,
  PROFILES,
  pickBelow,
  type SeededRandom,
  SimDisk,
  seededRandom,
  simWorld,
} from '../../src/testing/index.ts';
import { check, createVault, listSnapshots, openVault, type Vault } from '../../src/vault/index.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 22, 9);
const ROOTS = ['/field1/vault', '/field2/vault', '/studio/vault'] as const;
/** Two cameras' cards, and a folder of edits on the laptop and its copy in the studio. */
const SOURCES = ['/cardA', '/cardB', '/laptop/Trip', '/desk/Trip'] as const;
const MODES: readonly PowerLossMode[] = ['drop', 'keep', 'random'];

/** How often each thing happens, in a hundred. */
const SHARES = {
  shoot: 19,
  edit: 18,
  copy: 2,
  remove: 4,
  backup: 20,
  sync: 18,
  cut: 12,
  skew: 4,
  rot: 3,
};

/** Several vaults, cards and folders, and what must hold of them whatever happens. */
export class SyncModel {
  readonly disk: SimDisk;
  readonly wrong: string[] = [];
  /** How often each thing was done. */
  readonly done: Record<string, number> = {};
  /** Originals that some vault once acknowledged. */
  readonly captured: Set<string> = new Set();
  merges = 0;
  readonly #random: SeededRandom;
  #lives = 0;
  #nowMs = START_MS;
  #skewMs = 0;
  #shots = 0;

  private constructor(seed: number) {
    this.disk = new SimDisk({ seed, writeChunkBytes: 1500 });
    this.#random = seededRandom(seed);
  }

  static async begin(seed: number): Promise<SyncModel> {
    const model = new SyncModel(seed);
    const profile = PROFILES.exfat;
    for (const path of ['/field1', '/field2', '/studio', '/cardA', '/cardB', '/laptop', '/desk']) {
      model.disk.stage.mount(path, { profile });
    }
    for (const path of SOURCES) model.disk.stage.makeFolders(path);
    for (const root of ROOTS) await createVault(model.process(), root, { label: root.slice(1, 7) });
    return model;
  }

  /** The next process, an hour later by a clock that may be wrong. */
  process(): World {
    this.#lives += 1;
    this.#nowMs += 3_600_000;
    const world = simWorld(this.#lives, { disk: this.disk, nowMs: this.#nowMs + this.#skewMs });
    for (const mount of ['/cardA', '/cardB', '/laptop', '/desk']) {
      const isCard = mount.startsWith('/card');
      // Two cameras with the same label: only the volume tells them apart.
      world.volumes.set(mount, {
        id: `ID${mount}`,
        label: isCard ? 'EOS' : '',
        fileSystem: 'exfat',
      });
    }
    const processId = 1000 + this.#lives;
    return { ...world, host: { name: 'one', processId, isRunning: (id) => id === processId } };
  }

  /** Does one thing at random. */
  async step(): Promise<void> {
    let pick = pickBelow(this.#random, 100);
    for (const [name, share] of Object.entries(SHARES)) {
      if (pick < share) {
        this.done[name] = (this.done[name] ?? 0) + 1;
        return this.#do(name as keyof typeof SHARES);
      }
      pick -= share;
    }
  }

  async #do(name: keyof typeof SHARES): Promise<void> {
    switch (name) {
      case 'shoot':
        this.#shots += 1;
        return this.#put(this.#pick(SOURCES.slice(0, 2)), `IMG_${this.#shots % 40}.CR3`);
      case 'edit':
        return this.#put(this.#pick(SOURCES.slice(2)), `IMG_${pickBelow(this.#random, 12)}.xmp`);
      case 'copy':
        return this.#copy(SOURCES[2], SOURCES[3]);
      case 'remove':
        return this.#remove(this.#pick(SOURCES));
      case 'backup':
        return this.#backup(this.#pick(SOURCES), this.#pick(ROOTS));
      case 'sync':
        return this.#sync(this.#pair());
      case 'cut':
        return this.#cut();
      case 'skew':
        this.#skewMs = (pickBelow(this.#random, 9) - 4) * DAY_MS;
        return;
      case 'rot':
        return this.#rot(this.#pick(ROOTS));
      default:
        name satisfies never;
    }
  }

  #pick<T>(of: readonly T[]): T {
    return of[pickBelow(this.#random, of.length)] as T;
  }

  #pair(): readonly [string, string] {
    const first = this.#pick(ROOTS);
    return [first, this.#pick(ROOTS.filter((root) => root !== first))];
  }

  #put(source: string, name: string): void {
    const noise = `${name} ${this.#random()} `.repeat(1 + pickBelow(this.#random, 90));
    this.disk.stage.plant(`${source}/${name}`, noise, this.#nowMs);
  }

  /** The desk gets what the laptop has, as a restore would bring it. */
  #copy(from: string, to: string): void {
    for (const path of this.disk.stage.paths(to)) this.disk.stage.erase(path);
    for (const path of this.disk.stage.paths(from)) {
      const bytes = this.disk.stage.peek(path) ?? new Uint8Array();
      this.disk.stage.plant(path.replace(from, to), bytes, this.#nowMs);
    }
  }

  #remove(source: string): void {
    const paths = this.disk.stage.paths(source);
    if (paths.length > 0) this.disk.stage.erase(this.#pick(paths));
  }

  async #backup(source: string, root: string): Promise<void> {
    const world = this.process();
    const vault = await openVault(world, root);
    // Now and then another vault is written in the same pass.
    const other = this.#random() < 0.3 ? this.#pick(ROOTS.filter((one) => one !== root)) : null;
    const mirrors = other === null ? [] : [await openVault(world, other)];
    await backup(world, vault, [source], { mirrors });
    for (const [blob, { places }] of vault.ledger.blobs)
      if (places.length > 0) this.captured.add(blob);
  }

  async #sync([one, other]: readonly [string, string]): Promise<void> {
    const world = this.process();
    const report = await sync(world, await openVault(world, one), await openVault(world, other));
    this.merges += report.merges.length;
  }

  /** A sync or a backup that ends in the middle, by a kill or with the power. */
  async #cut(): Promise<void> {
    this.disk.faults.losePowerAtChange(1 + pickBelow(this.#random, 120));
    try {
      if (this.#random() < 0.7) await this.#sync(this.#pair());
      else await this.#backup(this.#pick(SOURCES), this.#pick(ROOTS));
    } catch (error) {
      if (!this.disk.faults.isOff && !(error instanceof FieldVaultError)) throw error;
    }
    const isOff = this.disk.faults.isOff;
    this.disk.faults.clear();
    if (!isOff) return;
    if (this.#random() < 0.4) this.disk.faults.powerOn();
    else this.disk.powerLoss(this.#pick(MODES));
    await this.#mustStandSomewhere('after a cut');
  }

  /** A stored file of which another vault has a copy loses a bit, and a check finds it. */
  async #rot(root: string): Promise<void> {
    const world = this.process();
    const vaults = await this.#open(world);
    const vault = vaults.find((one) => one.root === root);
    if (vault === undefined) return;
    const others = vaults.filter((one) => one !== vault);
    const twice = [...vault.ledger.blobs.values()].filter(({ id, places }) => {
      return places.length > 0 && others.some(({ ledger }) => ledger.holds(id));
    });
    const place = twice.length > 0 ? this.#pick(twice).places[0] : undefined;
    if (place === undefined) return;
    const path = `${root}/${place.at}`;
    if ((this.disk.stage.peek(path)?.length ?? 0) > 0) this.disk.stage.flipBit(path, 3);
    await checkVault(world, await openVault(world, root), { readData: true });
  }

  async #open(world: World): Promise<Vault[]> {
    return Promise.all(ROOTS.map((root) => openVault(world, root)));
  }

  /** Every original that was ever acknowledged stands whole, byte for byte, in some vault. */
  async #mustStandSomewhere(when: string): Promise<void> {
    const vaults = await this.#open(this.process());
    for (const blob of this.captured) {
      if (!vaults.some((vault) => this.#stands(vault, blob))) {
        this.wrong.push(`${when}: ${blob.slice(0, 16)} stands nowhere`);
      }
    }
  }

  #stands({ ledger, root }: Vault, blob: string): boolean {
    const places = ledger.blobs.get(blob as Parameters<typeof ledger.holds>[0])?.places ?? [];
    return places.some(({ at }) => {
      const bytes = this.disk.stage.peek(`${root}/${at}`);
      return bytes !== null && createHash('sha256').update(bytes).digest('hex') === blob;
    });
  }

  /** Syncs until nothing is left to do; then all vaults must know and hold the same. */
  async settle(): Promise<void> {
    this.#skewMs = 0;
    for (const source of SOURCES) await this.#backup(source, this.#pick(ROOTS));
    const pairs = [
      [ROOTS[0], ROOTS[2]],
      [ROOTS[1], ROOTS[2]],
      [ROOTS[0], ROOTS[1]],
    ] as const;
    for (let round = 1; round <= 4; round += 1) for (const pair of pairs) await this.#sync(pair);
    await this.#mustStandSomewhere('at the end');
    const world = this.process();
    const told = [];
    for (const vault of await this.#open(world)) {
      const { issues, awaited } = await check(world, vault, { readData: true });
      if (issues.length > 0) this.wrong.push(`${vault.root}: ${JSON.stringify(issues)}`);
      if (awaited > 0) this.wrong.push(`${vault.root}: ${awaited} did not arrive`);
      told.push(tellVault(vault));
    }
    for (const other of told.slice(1)) {
      for (const [what, value] of Object.entries(told[0] ?? {})) {
        const theirs = other[what as keyof typeof other];
        if (value !== theirs) this.wrong.push(`replicas disagree about ${what}`);
      }
    }
    for (const pair of pairs) {
      const last = this.process();
      const vaults = await Promise.all(pair.map((root) => openVault(last, root)));
      const report = await sync(last, vaults[0] as Vault, vaults[1] as Vault);
      if (report.blobsCopied > 0 || report.bytesSent > 0)
        this.wrong.push('a sync finds work for ever');
    }
  }
}

/** What replicas must agree about. */
function tellVault({ ledger }: Vault): Readonly<Record<string, string>> {
  const held = [...ledger.blobs.keys()].filter((blob) => ledger.holds(blob)).sort();
  const states = [...ledger.runs.values()].flatMap(({ id, snapshot }) =>
    (snapshot?.sources ?? []).map(({ source, tree }) => `${id} ${source} ${tree}`),
  );
  return {
    originals: held.join(),
    states: states.sort().join(),
    latest: listSnapshots(ledger).findLast(({ state }) => state !== 'unfinished')?.id ?? '',
    conflicts: [...ledger.replicas.conflicts.keys()].sort().join(),
  };
}
