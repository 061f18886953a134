/** The simulated world: disk with faults and power losses, clock, workers, volumes; and the contracts of disks and workers. */
export { type CameraUnderTest, type ContractShot, cameraContract } from './camera-contract.ts';
export { type DiskUnderTest, diskContract, type TestRunner } from './disk-contract.ts';
export { FaultyStore, type StoreCall, type StoreFault } from './faulty-store.ts';
export { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { pickBelow, type SeededRandom, seededRandom } from './seeded-random.ts';
export { SimClock } from './sim-clock.ts';
export { SimDisk, type SimDiskOptions } from './sim-disk.ts';
export { type DiskCall, type DiskCallKind, type Fault, PowerLoss } from './sim-faults.ts';
export { type LinkPassage, SimLink, type SimLinkOptions } from './sim-link.ts';
export type { PowerLossMode } from './sim-power.ts';
export { type DiskProfile, PROFILES } from './sim-profile.ts';
export type { MountOptions } from './sim-stage.ts';
export { type SimWorld, type SimWorldOptions, simWorld, withDisk } from './sim-world.ts';
export { type StoreUnderTest, storeContract } from './store-contract.ts';
export { type SyncCall, withoutSync } from './without-sync.ts';
export { type WorkersUnderTest, workersContract } from './workers-contract.ts';
