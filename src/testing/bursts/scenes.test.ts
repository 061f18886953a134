import { expect, test } from 'vitest';
import { type SceneShot, simScenes, takeSceneShot } from '../index.ts';

test('simScenes() has series that belong together and shots that stay alone, the same for the same seed', () => {
  const shots = simScenes(3);
  expect(simScenes(3)).toEqual(shots);
  expect(simScenes(4)[0]).not.toEqual(shots[0]);
  expect(new Set(shots.map(({ frame }) => frame.id)).size).toBe(shots.length);
  const sizes = Map.groupBy(shots, ({ series }) => series);
  const alone = [...sizes.values()].filter((list) => list.length === 1);
  expect(alone.length).toBeGreaterThan(30);
  expect(sizes.size - alone.length).toBeGreaterThan(20);
});

test('takeSceneShot() gives the same JPEG again, and another one for the next shot', async () => {
  const [first, second] = simScenes(3) as [SceneShot, SceneShot];
  const bytes = await takeSceneShot(first);
  expect([...bytes.slice(0, 2)]).toEqual([0xff, 0xd8]);
  expect(await takeSceneShot(first)).toEqual(bytes);
  expect(await takeSceneShot(second)).not.toEqual(bytes);
});
