import { VERSION } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { FORMAT } from './open.ts';
import type { OpenRecord } from './records.ts';

/** The software as journals name it. */
export const SOFTWARE: string = `fieldvault ${VERSION}`;

/** `000123-20261122T090000Z-<writer>.jsonl` */
export function journalName(parts: {
  readonly number: number;
  readonly nowMs: number;
  readonly writer: string;
}): string {
  const time = new Date(parts.nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${String(parts.number).padStart(6, '0')}-${time}-${parts.writer}.jsonl`;
}

/** The first line of a journal file. */
export function openRecord(
  world: Pick<World, 'clock' | 'host'>,
  vault: { readonly writer: string; readonly vault: string; readonly label: string },
): OpenRecord {
  return {
    type: 'open',
    format: FORMAT,
    vault: vault.vault,
    label: vault.label,
    writer: vault.writer,
    software: SOFTWARE,
    host: world.host.name,
    pid: world.host.processId,
    time: new Date(world.clock.nowMs()).toISOString(),
  };
}
