/** The part of package.json that is read here. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package in package-lock.json (npm's lockfile version 3). */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** The part of package-lock.json that is read here. */
export interface Lockfile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A system to install for, in npm's words. */
export interface Target {
  readonly os: string;
  readonly cpu: string;
}

/** Complaints about versions that are not exact: a range lets two machines install two different things. */
export function checkManifest(manifest: Manifest): string[] {
  const lists = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies];
  return lists
    .flatMap((list) => Object.entries(list ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} is ${version}, not one exact version`);
}

/**
 * Complaints about a lockfile that would not install everywhere: addresses of one registry, packages without digest,
 * and binaries of other systems that npm left out because they were not there when the file was written.
 */
export function checkLockfile(lock: Lockfile): string[] {
  const found: string[] = [];
  if (lock.lockfileVersion !== 3) found.push(`lockfile version ${lock.lockfileVersion}, not 3`);
  for (const [path, locked] of Object.entries(lock.packages)) {
    if (path === '') continue;
    if (locked.resolved !== undefined) found.push(`${path}: names the address ${locked.resolved}`);
    const isWhole = locked.version !== undefined && locked.integrity !== undefined;
    if (!isWhole && locked.inBundle !== true) found.push(`${path}: has no version or no digest`);
    for (const name of Object.keys(locked.optionalDependencies ?? {})) {
      if (!isLocked(lock, path, name)) found.push(`${path}: its part ${name} is not locked`);
    }
  }
  return found.map((what) => `package-lock.json: ${what}`);
}

/** Whether a package that stands at `path` finds `name`, looking upwards as Node does. */
function isLocked(lock: Lockfile, path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    if (`${at}/node_modules/${name}` in lock.packages) return true;
    if (!at.includes('/node_modules/')) return `node_modules/${name}` in lock.packages;
  }
}

/** The paths that an install for the system must hold; npm leaves out what it cannot get without a word. */
export function packagesFor(lock: Lockfile, target: Target): string[] {
  return Object.entries(lock.packages)
    .filter(([path, locked]) => path !== '' && (locked.os ?? locked.cpu) !== undefined)
    .filter(([, { os, cpu }]) => allows(os, target.os) && allows(cpu, target.cpu))
    .map(([path]) => path)
    .sort();
}

function allows(list: readonly string[] | undefined, value: string): boolean {
  return list === undefined || list.includes(value);
}
