import type { Host } from './world.ts';

/** Who says so, as journals record it: `user@host` where the system tells the user. */
export function speakerOf({ name, user }: Pick<Host, 'name' | 'user'>): string {
  return user === undefined || user === '' ? name : `${user}@${name}`;
}
