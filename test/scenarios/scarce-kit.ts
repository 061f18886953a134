import { LIMITS } from '../../src/base/index.ts';
import { openVault } from '../../src/index.ts';
import { PROFILES, type SimWorld, simWorld } from '../../src/testing/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

/** Bytes of one picture; a thousandth of what a camera writes, as every drive here is a thousandth of a real one. */
export const FRAME_BYTES = 100_000;

/** Drives, cards and a command line; sizes are those of the field divided by a thousand. */
export class ScarceKit {
  readonly world: SimWorld = simWorld(5);
  readonly #capacities = new Map<string, number>();
  #frames = 0;

  /** Plugs in a drive that has room for so many bytes of pictures, with a vault on it, and returns the vault. */
  async drive(path: string, pictureBytes: number, label: string = ''): Promise<string> {
    const { stage } = this.world.disk;
    stage.mount(path, { profile: PROFILES.exfat, capacityBytes: 2 ** 40 });
    const vault = `${path}/vault`;
    await this.type('init', vault, ...(label === '' ? [] : ['--label', label]));
    // Journals, lists of digests and folders of the days to come, and what is kept free for them.
    const own = stage.usedBytes(path) + LIMITS.reserveBytes + OWN_BYTES;
    this.#capacities.set(path, own);
    this.grow(path, pictureBytes);
    return vault;
  }

  /** All the bytes that a drive has. */
  capacity(path: string): number {
    return this.#capacities.get(path) ?? 0;
  }

  /** Gives a drive more room. */
  grow(path: string, bytes: number): void {
    const capacity = this.capacity(path) + bytes;
    this.#capacities.set(path, capacity);
    this.world.disk.stage.setCapacity(path, capacity);
  }

  /** Takes pictures: `IMG_0001.CR3` and on, each of {@link FRAME_BYTES} unless told; returns their stems. */
  shoot(card: string, count: number, sizeBytes: number = FRAME_BYTES): string[] {
    return Array.from({ length: count }, () => {
      this.#frames += 1;
      const stem = `IMG_${String(this.#frames).padStart(4, '0')}`;
      const bytes = new Uint8Array(sizeBytes);
      bytes.set(new TextEncoder().encode(`${stem} `));
      this.world.disk.stage.plant(`${card}/DCIM/100EOS/${stem}.CR3`, bytes);
      this.world.clock.advance(1000);
      return stem;
    });
  }

  /** Says stars of pictures in sidecars beside them; -1 rejects. */
  rate(card: string, stems: readonly string[], stars: number, words: string = ''): void {
    for (const stem of stems) {
      this.world.disk.stage.plant(`${card}/DCIM/100EOS/${stem}.xmp`, xmpOf(stars, words));
    }
  }

  /** Says stars of one picture in a sidecar beside it. */
  star(picture: string, stars: number): void {
    this.world.disk.stage.plant(picture.replace(/\.[^.]*$/, '.xmp'), xmpOf(stars, picture));
  }

  type(...words: readonly string[]): Promise<Typed> {
    return typeWords(this.world, words);
  }

  /** Sets a policy. */
  async policy(vault: string, text: string): Promise<void> {
    this.world.disk.stage.plant('/tiers.yaml', text);
    const { exit, stdout } = await this.type('policy', 'set', '/tiers.yaml', '--vault', vault);
    if (exit !== 0) throw new Error(stdout);
  }

  /** The stems of the pictures that a vault holds, in the order in which they were acknowledged. */
  async held(vault: string): Promise<string[]> {
    const { ledger } = await openVault(this.world, vault);
    const places = [...ledger.blobs.values()].flatMap(({ places: all }) => all.map(({ at }) => at));
    return places.flatMap((at) => /(IMG_\d+)~[0-9a-f]+\.CR3$/.exec(at)?.[1] ?? []);
  }
}

const OWN_BYTES = 400_000;

function xmpOf(stars: number, words: string): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="${stars}" xmp:Label="${words}"/>
</rdf:RDF></x:xmpmeta>`;
}

/** The paths that issues of a code name, as stems of pictures, each once. */
export function named(typed: Typed, ...codes: readonly string[]): string[] {
  const issues = typed.records.filter(
    ({ type, code }) => type === 'issue' && codes.includes(String(code)),
  );
  return [...new Set(issues.flatMap(({ path }) => /(IMG_\d+)/.exec(String(path))?.[1] ?? []))];
}
