import { describe, it } from 'vitest';
import { cameraContract, MemoryCamera } from './index.ts';

cameraContract({ describe, it }, 'a camera in memory', async () => {
  const camera = new MemoryCamera();
  let shots = 0;
  return {
    connection: await camera.open(),
    shoot: async () => {
      shots += 1;
      const name = `IMG_${shots}.CR3`;
      const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * shots) & 255);
      camera.shoot({ name, bytes });
      return { name, bytes };
    },
    close: async () => {},
  };
});
