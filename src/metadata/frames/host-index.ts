import { noteAmbiguity } from './join-shots.ts';
import { captureRole } from './part.ts';
import type { Placed, SidecarName } from './placed.ts';
import type { Shot } from './shot.ts';
import { sidecarKindOf } from './sidecar-kinds.ts';
import { parseStem } from './stem.ts';

/** Finds the shots a sidecar is for, by names. */
export class HostIndex {
  readonly #byName = new Map<string, { readonly picture: Placed; readonly shot: Shot }[]>();
  readonly #byStem = new Map<string, Set<Shot>>();

  /** Makes a shot known by the names of all its pictures. */
  add(shot: Shot): void {
    for (const picture of shot.members) {
      const { folder, name, stem } = picture;
      const key = `${folder}/${name.toLowerCase()}`;
      const known = this.#byName.get(key);
      if (known === undefined) this.#byName.set(key, [{ picture, shot }]);
      else known.push({ picture, shot });
      this.#addStem(`${folder}/${stem.own}`, shot);
      if (!stem.needsProof || shot.members.length > 1)
        this.#addStem(`${folder}/${stem.shared}`, shot);
    }
  }

  /** Attaches a sidecar to every shot it may be for, and records there where that is a guess. False: there is none. */
  attach(sidecar: Placed, name: SidecarName): boolean {
    const folders = new Set([name.hostFolder, sidecar.folder]);
    for (const folder of folders) {
      const shots = this.#named(folder, sidecar, name) ?? this.#stemmed(folder, sidecar, name);
      if (shots === null) continue;
      for (const shot of shots) shot.sidecars.push(sidecar);
      if (shots.length > 1) {
        noteAmbiguity(sidecar.part.path, shots, 'it stays with all of them');
      }
      return true;
    }
    return false;
  }

  #addStem(key: string, shot: Shot): void {
    const known = this.#byStem.get(key);
    if (known === undefined) this.#byStem.set(key, new Set([shot]));
    else known.add(shot);
  }

  /** The sidecar bears a picture's whole name. */
  #named(folder: string, sidecar: Placed, name: SidecarName): Shot[] | null {
    for (const host of hostNames(name)) {
      const known = this.#byName.get(`${folder}/${host}`);
      if (known === undefined) continue;
      const exact = known.filter(({ picture }) => sidecar.name.includes(picture.name));
      return [...new Set((exact.length > 0 ? exact : known).map(({ shot }) => shot))];
    }
    return null;
  }

  /** The sidecar bears a picture's name without its extension, or the whole name of one that is not here. */
  #stemmed(folder: string, sidecar: Placed, name: SidecarName): Shot[] | null {
    for (const host of hostNames(name)) {
      const found = this.#ofStem(folder, host);
      if (found !== null) return chooseShots(found, sidecar, name);
      const dot = host.lastIndexOf('.');
      if (dot < 0 || captureRole(host.slice(dot + 1)) === null) continue;
      const near = this.#ofStem(folder, host.slice(0, dot));
      if (near === null) continue;
      for (const shot of near) {
        shot.ambiguities.push(
          `${sidecar.part.path} is for a picture ${host}, which is not beside it.`,
        );
      }
      return near;
    }
    return null;
  }

  #ofStem(folder: string, stem: string): Shot[] | null {
    const { own, shared } = parseStem(stem);
    const found = this.#byStem.get(`${folder}/${own}`) ?? this.#byStem.get(`${folder}/${shared}`);
    return found === undefined ? null : [...found];
  }
}

/** The names a sidecar's picture may have, the likeliest first. */
function hostNames({ kind, host }: SidecarName): string[] {
  const names = [host];
  const longer = kind.longName?.exec(host);
  if (longer !== null && longer !== undefined) names.push(longer.slice(1).join(''));
  // What belongs to a sidecar (AppleDouble files do) belongs to its picture.
  const inner = sidecarKindOf(host);
  if (inner !== null) names.push(...hostNames({ ...inner, hostFolder: '' }));
  return names;
}

/** Of several shots of its name those that it is for; all where nothing tells. */
function chooseShots(shots: Shot[], { part }: Placed, { kind }: SidecarName): Shot[] {
  const wanted = part.sidecarFor?.trim().toLowerCase();
  if (wanted !== undefined && wanted !== '') {
    const named = shots.filter((shot) => shot.members.some((one) => one.extension === wanted));
    if (named.length > 0) return named;
    const sentence = `${part.path} is for a .${wanted} picture, which is not beside it.`;
    for (const shot of shots) shot.ambiguities.push(sentence);
  }
  const { host } = kind;
  if (host === undefined) return shots;
  const fitting = shots.filter((shot) => shot.members.some(({ role }) => role === host));
  return fitting.length > 0 ? fitting : shots;
}
