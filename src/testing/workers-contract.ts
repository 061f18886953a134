import assert from 'node:assert/strict';
import { FieldVaultError } from '../base/index.ts';
import type { Workers } from '../platform/index.ts';
import type { TestRunner } from './disk-contract.ts';
import { PROBES } from './worker-probe.ts';

/** Workers to try, and an empty folder of the disk that their tasks see. */
export interface WorkersUnderTest {
  readonly workers: Workers;
  readonly folder: string;
  close(): Promise<void>;
}

type Body = (tested: WorkersUnderTest) => Promise<void>;

/** What all workers must do, threads or simulated ones. */
export function workersContract(
  runner: TestRunner,
  name: string,
  make: () => Promise<WorkersUnderTest>,
): void {
  runner.describe(`workers contract: ${name}`, () => {
    for (const [rule, body] of Object.entries(RULES)) {
      runner.it(rule, async () => {
        const tested = await make();
        try {
          await body(tested);
        } finally {
          await tested.workers.close();
          await tested.close();
        }
      });
    }
  });
}

const RULES: Readonly<Record<string, Body>> = {
  'a task sees the disk, and changes nothing of its caller': async ({ workers, folder }) => {
    const bytes = new Uint8Array([1, 2, 3]);
    const names = await workers.run(PROBES.writeAndList, { folder, bytes });
    assert.deepEqual(names, ['written 3']);
    assert.deepEqual(bytes, new Uint8Array([1, 2, 3]));
  },
  'an error of the system keeps its code': async ({ workers, folder }) => {
    await assert.rejects(workers.run(PROBES.failAsSystem, { folder }), { code: 'ENOENT' });
  },
  'an error of the library keeps class, code and details': async ({ workers }) => {
    await assert.rejects(workers.run(PROBES.failAsVault, null), (error) => {
      assert.ok(error instanceof FieldVaultError);
      assert.deepEqual(
        [error.code, error.message, error.details, error.retry],
        ['LEASED', 'held by a probe', { by: 'probe' }, 'later'],
      );
      return true;
    });
  },
  'whatever a task throws, its text arrives': async ({ workers }) => {
    await assert.rejects(workers.run(PROBES.failOddly, null), /just a text/);
    await assert.rejects(workers.run(PROBES.noSuchTask, null), /exports no function noSuchTask/);
  },
  'a failed task harms no other': async ({ workers, folder }) => {
    const failed = Array.from({ length: 8 }, () => workers.run(PROBES.failAsVault, null));
    const worked = workers.run(PROBES.writeAndList, { folder, bytes: new Uint8Array(2) });
    const outcomes = await Promise.allSettled([...failed, worked]);
    assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 8);
    assert.deepEqual(await worked, ['written 2']);
  },
  'close() waits for what runs, and ends it all': async ({ workers, folder }) => {
    const running = workers.run(PROBES.writeAndList, { folder, bytes: new Uint8Array(1) });
    const rest = Array.from({ length: 8 }, () => workers.run(PROBES.failAsVault, null));
    const others = Promise.allSettled(rest);
    await workers.close();
    assert.deepEqual(await running, ['written 1']);
    await others;
    await assert.rejects(workers.run(PROBES.failAsVault, null), TypeError);
  },
};
