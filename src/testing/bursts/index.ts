/**
 * Simulated frames whose series are known, and how groups are compared with that truth.
 * Invariant: what is simulated says so; nothing here reads a file.
 */
export { changedLook, sceneLook, simFrame } from './frames.ts';
export { type SimLibrary, simLibrary } from './library.ts';
export { type SceneShot, simScenes, takeSceneShot } from './scenes.ts';
export { type PairScore, type SeriesTruth, scorePairs } from './truth.ts';
