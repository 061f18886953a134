import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ScarceKit } from '../scenarios/scarce-kit.ts';

const CARD = '/media/EOS_DIGITAL';
/** Tiers of the default policy by stars, the most precious first. */
const ORDER = [5, 2, 0, -1] as const;

const pictures = fc.array(
  fc.record({
    kB: fc.integer({ min: 1, max: 400 }),
    stars: fc.constantFrom(...ORDER),
  }),
  { minLength: 1, maxLength: 14 },
);

it('a backup into too little room never leaves out a picture for a less precious one that is no smaller', async () => {
  await fc.assert(
    fc.asyncProperty(pictures, fc.integer({ min: 0, max: 2_500_000 }), async (shots, room) => {
      const kit = new ScarceKit();
      const vault = await kit.drive('/ssd', room);
      const taken = shots.map(({ kB, stars }) => {
        const [stem = ''] = kit.shoot(CARD, 1, kB * 1000);
        if (stars !== 0) kit.rate(CARD, [stem], stars, stem);
        return { stem, kB, rank: ORDER.indexOf(stars) };
      });
      const words = ['backup', CARD, '--vault', vault, '--no-learn', '--json'];
      const { records } = await kit.type(...words);
      const held = new Set(await kit.held(vault));
      const waiting = taken.filter(({ stem }) => !held.has(stem));
      for (const lost of waiting) {
        const instead = taken.filter(
          ({ stem, rank, kB }) => held.has(stem) && rank > lost.rank && kB > lost.kB,
        );
        expect(instead).toEqual([]);
        // And it is named.
        const paths = records.flatMap(({ type, path }) => (type === 'issue' ? [String(path)] : []));
        expect(paths.some((path) => path.includes(lost.stem))).toBe(true);
      }
      expect((await kit.type('check', '--vault', vault, '--read-data')).exit).toBe(0);
      // More room never costs a picture that is held, and all the room there can be takes everything.
      kit.grow('/ssd', 10_000_000);
      expect((await kit.type(...words)).exit).toBe(0);
      expect(await kit.held(vault)).toHaveLength(taken.length);
    }),
    { numRuns: 30 },
  );
}, 60_000);

it('would see it: where a policy puts rejects first, a select waits for them', async () => {
  const kit = new ScarceKit();
  const vault = await kit.drive('/ssd', 200_000);
  await kit.policy(
    vault,
    'tiers:\n  - name: reject\n    where: rating=-1\n  - name: select\n    where: rating=5\n  - name: general\n',
  );
  const [select = ''] = kit.shoot(CARD, 1, 300_000);
  const rejects = kit.shoot(CARD, 2, 250_000);
  kit.rate(CARD, [select], 5);
  kit.rate(CARD, rejects, -1);
  await kit.type('backup', CARD, '--vault', vault, '--no-learn');
  const held = await kit.held(vault);
  expect(held).not.toContain(select);
  expect(held.filter((stem) => rejects.includes(stem)).length).toBeGreaterThan(0);
});
