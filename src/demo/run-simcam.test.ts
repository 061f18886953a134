import { describe, expect, it } from 'vitest';
import { openNodeWorld } from '../platform/index.ts';
import { runSimcam } from './run-simcam.ts';
import { parseSimcam, SIMCAM_USAGE } from './simcam-options.ts';

describe('parseSimcam()', () => {
  it('has a small generic camera on the usual port where nothing is said', () => {
    expect(parseSimcam([])).toEqual({
      camera: {
        ...{ profile: 'generic', port: 15_740, seed: 1, pairs: false },
        ...{ megapixels: 1, faults: [] },
      },
      ...{ everySeconds: null, shots: 0, showsDigests: false },
    });
  });

  it('reads all that can be said', () => {
    const line =
      '--profile fuji --pairs --megapixels 24 --fault drop:5,probe --speed 2.5 --shots 3 --every 0.5 --seed 7 --digests';
    expect(parseSimcam(line.split(' '))).toEqual({
      camera: {
        ...{ profile: 'fuji', port: 55_740, seed: 7, pairs: true, megapixels: 24 },
        faults: [{ kind: 'drop', atBytes: 5 }, { kind: 'probe' }],
        bytesPerSecond: 2_500_000,
      },
      ...{ everySeconds: 0.5, shots: 3, showsDigests: true },
    });
  });

  it.each([
    '--port 70000',
    '--port 1.5',
    '--port x',
    '--profile leica',
    '--megapixels 0',
    '--fault drip',
    '--every 0',
    '--what',
    'word',
  ])('refuses %s', (line) => {
    expect(() => parseSimcam(line.split(' '))).toThrow(
      expect.objectContaining({ code: 'BAD_USAGE' }),
    );
  });

  it('names every option in its usage', () => {
    const options = 'port profile pairs megapixels fault speed shots every seed digests';
    for (const option of options.split(' ')) expect(SIMCAM_USAGE).toContain(`--${option} `);
  });
});

describe('runSimcam()', () => {
  it('serves a camera until the interrupt and says what was asked', async () => {
    const world = openNodeWorld();
    let said = '';
    let interrupt = (): void => {};
    const isReady = Promise.withResolvers<number>();
    const stdout = {
      write: (text: string): boolean => {
        said += text;
        const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (port !== undefined) isReady.resolve(Number(port));
        return true;
      },
    };
    const outside = {
      stdout: { ...stdout, isTTY: false, columns: 80, isGone: false },
      onInterrupt: (act: () => void) => {
        interrupt = act;
        return () => {};
      },
    };
    const options = parseSimcam([
      '--port',
      '0',
      '--megapixels',
      '0.01',
      '--shots',
      '1',
      '--digests',
    ]);
    const run = runSimcam(world.clock, outside, options);
    const port = await isReady.promise;
    (await world.network.connect({ host: '127.0.0.1', port })).close();
    interrupt();
    await run;
    expect(said).toMatch(/^[0-9a-f]{64} {2}SIM_0001\.DNG$/m);
    expect(said).toContain('1 file taken, 0 operations asked for, 0 of them to delete.');
  });
});
