import { systemCodeOf } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';

/** What a disk says of a name it cannot hold. */
export const BAD_NAME: ReadonlySet<string> = new Set([
  'EINVAL',
  'ENOENT',
  'ENAMETOOLONG',
  'EILSEQ',
]);

/** What a folder that is restored into can tell apart. */
export interface NameRules {
  /** `A.NEF` and `a.nef` are two files. */
  readonly case: boolean;
  /** Composed and decomposed letters are two names. */
  readonly normalisation: boolean;
  /** A dot at the end of a name stays. */
  readonly trailingDots: boolean;
}

/** Finds out by trying: makes a file and looks for it under another spelling. */
export async function probeNameRules(disk: Disk, folder: string): Promise<NameRules> {
  return {
    case: await tellsApart(disk, `${folder}/.fv-probe-a`, `${folder}/.FV-PROBE-A`),
    normalisation: await tellsApart(
      disk,
      `${folder}/.fv-probe-\u00e9`,
      `${folder}/.fv-probe-e\u0301`,
    ),
    trailingDots: await tellsApart(disk, `${folder}/.fv-probe-.`, `${folder}/.fv-probe-`),
  };
}

async function tellsApart(disk: Disk, name: string, other: string): Promise<boolean> {
  try {
    await (await disk.createNew(name)).close();
  } catch (error) {
    // A name that cannot be made will not be met under another spelling either.
    if (BAD_NAME.has(systemCodeOf(error))) return true;
    // EEXIST: a restore that was cut off here left it, and it serves as well.
    if (systemCodeOf(error) !== 'EEXIST') throw error;
  }
  try {
    return (await disk.stat(other)) === null;
  } finally {
    await disk.removeFile(name);
  }
}

/**
 * Gives every name of a snapshot a name in the target folder that no other one has there.
 * Names that the target can hold and tell apart stay exactly as they are.
 */
export class NameMap {
  readonly #rules: NameRules;
  /** Spelling-free path to the exact source path that has it. */
  readonly #taken: Map<string, string> = new Map();

  constructor(rules: NameRules) {
    this.#rules = rules;
  }

  /**
   * The target name for `wanted` in the (target) folder.
   * @param sourcePath the exact path in the snapshot; asking again for it gives the same name
   */
  claim(folder: string, wanted: string, sourcePath: string): string {
    const name = !this.#rules.trailingDots && wanted.endsWith('.') ? plainName(wanted) : wanted;
    const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
    for (let ordinal = 1; ; ordinal += 1) {
      const candidate = ordinal === 1 ? name : `${name.slice(0, dot)}~${ordinal}${name.slice(dot)}`;
      const key = this.#key(`${folder}/${candidate}`);
      const owner = this.#taken.get(key);
      if (owner !== undefined && owner !== sourcePath) continue;
      this.#taken.set(key, sourcePath);
      return candidate;
    }
  }

  /** Says that a name of the (target) folder is taken by something that is none of the snapshot's. */
  block(folder: string, name: string): void {
    this.#taken.set(this.#key(`${folder}/${name}`), '');
  }

  #key(path: string): string {
    const normal = this.#rules.normalisation ? path : path.normalize('NFC');
    return this.#rules.case ? normal : normal.toLowerCase();
  }
}

/** A spelling of the name that every file system takes. */
export function plainName(name: string): string {
  const plain = name
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
    .replace(/[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\ufffd]/g, '_')
    .replace(/[. ]+$/u, '_');
  const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\.|$)/iu;
  const safe = device.test(plain) ? `_${plain}` : plain;
  return [...safe].slice(0, 120).join('');
}
