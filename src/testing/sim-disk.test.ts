import { describe, it } from 'vitest';
import { type DiskUnderTest, diskContract } from './disk-contract.ts';
import { SimDisk } from './sim-disk.ts';
import { type DiskProfile, PROFILES } from './sim-profile.ts';
import { withoutSync } from './without-sync.ts';

async function makeTested(profile: DiskProfile): Promise<DiskUnderTest> {
  const disk = new SimDisk({ profile });
  disk.stage.makeFolders('/work');
  const { forbidden, stripsTrailingDots } = profile;
  return {
    ...profile,
    forbidden: stripsTrailingDots ? new RegExp(`${forbidden?.source}|\\.$`) : forbidden,
    disk,
    folder: '/work',
    hasLinks: profile.linkCode === '',
    close: async () => {},
  };
}

for (const [name, profile] of Object.entries(PROFILES)) {
  diskContract({ describe, it }, `SimDisk ${name}`, () => makeTested(profile));
}

diskContract({ describe, it }, 'SimDisk that refuses syncs', () =>
  makeTested({ ...PROFILES.ext4, sync: 'weak' }),
);

diskContract({ describe, it }, 'withoutSync() that swallows nothing', async () => {
  const tested = await makeTested(PROFILES.ext4);
  return { ...tested, disk: withoutSync(tested.disk, () => false) };
});
