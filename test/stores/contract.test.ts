import { describe, it } from 'vitest';
import {
  FolderStore,
  type ObjectStore,
  openS3Store,
  retryingStore,
  throttledStore,
} from '../../src/store/index.ts';
import {
  FaultyStore,
  MemoryStore,
  openS3Server,
  pickBelow,
  type S3Server,
  type StoreCall,
  type StoreFault,
  type StoreUnderTest,
  seededRandom,
  simWorld,
  storeContract,
} from '../../src/testing/index.ts';

// The server looks at no signature, but the SDK makes one.
process.env['AWS_ACCESS_KEY_ID'] = 'contract';
process.env['AWS_SECRET_ACCESS_KEY'] = 'contract-secret';

const runner = { describe, it };
const world = simWorld(1);
const nowMs = (): number => world.clock.nowMs();
const NOTHING = async (): Promise<void> => {};
const USUAL: Omit<StoreUnderTest, 'store'> = {
  prefix: 'contract/',
  hasConditionalPut: true,
  hasMd5Parts: true,
  nowMs,
  close: NOTHING,
};

storeContract(runner, 'memory', async () => ({ ...USUAL, store: new MemoryStore({ nowMs }) }));

for (const conditionalPut of ['refused', 'ignored'] as const) {
  storeContract(runner, `memory, conditional put ${conditionalPut}`, async () => ({
    ...USUAL,
    hasConditionalPut: false,
    store: new MemoryStore({ nowMs, conditionalPut }),
  }));
}

storeContract(runner, 'folder', async () => {
  const here = simWorld(2);
  await here.disk.makeFolder('/store');
  return { ...USUAL, store: new FolderStore(here, '/store') };
});

storeContract(runner, 'retrying', async () => ({
  ...USUAL,
  store: retryingStore(new MemoryStore({ nowMs }), world),
}));

storeContract(runner, 'throttled', async () => ({
  ...USUAL,
  store: throttledStore(new MemoryStore({ nowMs }), world.clock, 1e9),
}));

storeContract(runner, 'faulty, without a fault', async () => ({
  ...USUAL,
  store: new FaultyStore(new MemoryStore({ nowMs }), () => null),
}));

storeContract(runner, 'S3, through the SDK', async () => {
  const server = await openS3Server(new Map([['b', new MemoryStore({ nowMs })]]), { nowMs });
  const store = await openS3Store({ bucket: 'b', nowMs, endpoint: server.endpoint });
  return { ...USUAL, store, close: async () => endBoth(store, server) };
});

storeContract(runner, 'S3 without conditional put, its clock an hour ahead', async () => {
  const memory = new MemoryStore({ nowMs, conditionalPut: 'refused' });
  const server = await openS3Server(new Map([['b', memory]]), { nowMs, skewMs: 3_600_000 });
  const store = await openS3Store({ bucket: 'b', nowMs, endpoint: server.endpoint });
  return { ...USUAL, hasConditionalPut: false, store, close: async () => endBoth(store, server) };
});

storeContract(runner, 'S3 that breaks every seventh request, retried', async () => {
  const faults = [503, 'lose-reply', 'cut-up', 500, 'cut-down'] as const;
  const server = await openS3Server(new Map([['b', new MemoryStore({ nowMs })]]), {
    nowMs,
    faultOf: (_, number) => (number % 7 === 3 ? (faults[number % faults.length] ?? null) : null),
  });
  const plain = await openS3Store({ bucket: 'b', nowMs, endpoint: server.endpoint });
  const store = retryingStore(plain, world);
  return { ...USUAL, store, close: async () => endBoth(store, server) };
});

async function endBoth(store: ObjectStore, server: S3Server): Promise<void> {
  await store.close();
  await server.close();
}

let seed = 100;
storeContract(runner, 'retrying, of one that fails every third time', async () => {
  seed += 1;
  const store = new FaultyStore(new MemoryStore({ nowMs }), passingFaults(seed));
  return { ...USUAL, store: retryingStore(store, world) };
});

/** Refusals and lost replies, each of which goes away. */
function passingFaults(from: number): (call: StoreCall) => StoreFault | null {
  const random = seededRandom(from);
  const codes = ['ECONNRESET', 'ETIMEDOUT', 'EBUSY', 'EIO'];
  return () => {
    if (pickBelow(random, 3) > 0) return null;
    const code = codes[pickBelow(random, codes.length)] ?? 'EIO';
    return { kind: pickBelow(random, 2) === 0 ? 'refuse' : 'lose-reply', code };
  };
}
