import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultScript, parseCameraFaults, seededFaults } from './camera-faults.ts';

describe('parseCameraFaults()', () => {
  it('reads faults with their numbers', () => {
    expect(parseCameraFaults(' drop:15000000, cut:3:1000,probe,')).toEqual([
      { kind: 'drop', atBytes: 15_000_000 },
      { kind: 'cut', file: 3, atBytes: 1000 },
      { kind: 'probe' },
    ]);
  });

  it('reads every fault there is', () => {
    const script =
      'drop:1,drop-after:1,sleep:1:2,restart:1:2,stall:1:2,lose-event:1,double-event:1,' +
      'close-events:1,size-smaller:1,size-larger:1,cut:1:2,memory-only:1,busy:1:2,store-full:1,' +
      'garbage:1,init-fail:1,probe';
    expect(parseCameraFaults(script).map(({ kind }) => kind)).toEqual(
      script.split(',').map((step) => step.split(':')[0]),
    );
  });

  it.each(['drip:1', 'drop', 'drop:1:2', 'drop:-1', 'drop:1.5', 'drop:x', 'seeded:1'])(
    'refuses %s and says what is known',
    (script) => {
      expect(() => parseCameraFaults(script)).toThrow(
        expect.objectContaining({
          code: 'BAD_USAGE',
          message: expect.stringContaining('cut:file:atBytes'),
        }),
      );
    },
  );

  it('draws the same faults from the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 50 }), (seed, count) => {
        const faults = parseCameraFaults(`seeded:${seed}:${count}`);
        expect(faults).toEqual(seededFaults(seed, count));
        expect(faults.length).toBe(count);
      }),
    );
    expect(seededFaults(1, 20)).not.toEqual(seededFaults(2, 20));
  });
});

describe('FaultScript', () => {
  it('gives each fault once, and the first by bytes first', () => {
    const script = new FaultScript(parseCameraFaults('stall:9:1,drop:5,lose-event:2,lose-event:2'));
    expect(script.nextByBytes).toEqual({ kind: 'drop', atBytes: 5 });
    expect(script.take('lose-event', ({ file }) => file === 1)).toBeNull();
    expect(script.take('lose-event', ({ file }) => file === 2)).not.toBeNull();
    expect(script.take('lose-event')).not.toBeNull();
    expect(script.take('lose-event')).toBeNull();
    expect(script.take('drop')).toEqual({ kind: 'drop', atBytes: 5 });
    expect(script.left).toEqual([{ kind: 'stall', atBytes: 9, ms: 1 }]);
  });
});
