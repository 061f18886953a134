/**
 * testing: a world in memory that fails as real ones do: what a test of anything that touches the world needs.
 * Invariant: deterministic from a seed; nothing here needs a test runner.
 */
export * from './bursts/index.ts';
export * from './camera/index.ts';
export * from './catalogs/index.ts';
export { MemoryCamera, type MemoryCameraFaults, type MemoryFile } from './memory-camera.ts';
export * from './s3/index.ts';
export * from './shoot/index.ts';
export * from './simulation.ts';
