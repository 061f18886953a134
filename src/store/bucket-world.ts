import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { ObjectDisk } from './object-disk.ts';
import { retryingStore } from './retrying-store.ts';
import { withBuckets } from './routed-disk.ts';
import { openS3Store } from './s3-store.ts';

/**
 * The same world, in which `s3://bucket/...` leads to a bucket of an engine that speaks S3. Nothing is connected, and no
 * library is loaded, before the first such path is used.
 */
export function withS3<W extends World>(world: W): W {
  const { clock, random, cacheFolder } = world;
  return withBuckets(world, async (bucket) => {
    if (cacheFolder === null) {
      throw new FieldVaultError('BAD_USAGE', 'A bucket needs a cache folder on this machine.');
    }
    const nowMs = (): number => clock.nowMs();
    const store = await openS3Store({ bucket, nowMs });
    return new ObjectDisk({
      bucket,
      store: retryingStore(store, world),
      local: world.disk,
      stagingFolder: `${cacheFolder}/buckets/${bucket}`,
      hex: (digits) => random.hex(digits),
      nowMs,
    });
  });
}
