import { FieldVaultError } from '../base/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';

/** Where a probe works, and what it writes there. */
export interface ProbeInput {
  readonly folder: string;
  readonly bytes: Uint8Array;
}

/** Tasks that the contract of workers runs; the last one does not exist. */
export const PROBES: {
  readonly writeAndList: Task<ProbeInput, string[]>;
  readonly failAsSystem: Task<Pick<ProbeInput, 'folder'>, void>;
  readonly failAsVault: Task<null, void>;
  readonly failOddly: Task<null, void>;
  readonly noSuchTask: Task<null, void>;
} = {
  writeAndList: { moduleUrl: import.meta.url, name: 'writeAndList' },
  failAsSystem: { moduleUrl: import.meta.url, name: 'failAsSystem' },
  failAsVault: { moduleUrl: import.meta.url, name: 'failAsVault' },
  failOddly: { moduleUrl: import.meta.url, name: 'failOddly' },
  noSuchTask: { moduleUrl: import.meta.url, name: 'noSuchTask' },
};

/** Writes a file in the folder and lists it. */
export async function writeAndList(world: TaskWorld, input: ProbeInput): Promise<string[]> {
  const file = await world.disk.createNew(`${input.folder}/written`);
  await file.write(input.bytes);
  await file.close();
  input.bytes.fill(0);
  return (await world.disk.listFolder(input.folder)).map(
    ({ name, sizeBytes }) => `${name} ${sizeBytes}`,
  );
}

/** Fails with ENOENT of the system. */
export async function failAsSystem(
  world: TaskWorld,
  input: Pick<ProbeInput, 'folder'>,
): Promise<void> {
  await world.disk.openRead(`${input.folder}/missing`);
}

/** Fails with an error of this library. */
export async function failAsVault(): Promise<void> {
  throw new FieldVaultError('LEASED', 'held by a probe', {
    details: { by: 'probe' },
    retry: 'later',
  });
}

/** Throws what is no error at all. */
export async function failOddly(): Promise<void> {
  throw 'just a text';
}
