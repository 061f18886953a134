import { readPlace } from '../forms/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';
import {
  type Delivery,
  type DeliveryOutcome,
  deliverFiles,
  type StopMemory,
} from '../store/index.ts';
import { addBytes } from './progress.ts';

/** A batch of files to give back. */
export interface DeliverRequest {
  readonly deliveries: readonly Delivery[];
  /** Counter of bytes given back. */
  readonly counter: SharedArrayBuffer;
  /** Once it is raised, the batch ends within one chunk. */
  readonly stop: StopMemory;
}

/** Runs {@link deliverBatch} in a worker. */
export const DELIVER_TASK: Task<DeliverRequest, DeliveryOutcome[]> = {
  moduleUrl: import.meta.url,
  name: 'deliverBatch',
};

/** Gives a batch of files back. */
export async function deliverBatch(
  world: TaskWorld,
  request: DeliverRequest,
): Promise<DeliveryOutcome[]> {
  return deliverFiles(world.disk, request.deliveries, {
    onBytes: (count) => addBytes(request.counter, count),
    stop: request.stop,
    readPlace,
  });
}
