import {
  EXIT,
  type ExitCode,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
} from '../cli/index.ts';
import type { Card, Demo, Proof } from './steps.ts';
import { describeVault } from './vault-tree.ts';

/** What the mission asks of a laptop in the field: so many images in so much time. */
const PROMISED_IMAGES = 1000;
const PROMISED_MS = 600_000;
/** A large RAW file of today: 45 megapixels at 14 bits, losslessly compressed. */
const LARGE_RAW_BYTES = 50_000_000;

/** Prints what is in the vault, what the measured rate means, and the verdict. */
export async function closeReport(demo: Demo, card: Card, proof: Proof): Promise<ExitCode> {
  const { screen, world } = demo;
  const { first, vault } = proof;
  screen.line();
  screen.line(`In the vault, as any file manager shows it: ${vault}`);
  for (const line of await describeVault(world, vault)) screen.line(`  ${line}`);
  screen.line(
    'Selects stand there as they came: open them. The others are recoded, their previews open;',
  );
  screen.line(
    'recover.html gives all of it back in a browser, without this program. Its own view:',
  );
  screen.line(`  npm run --silent fieldvault -- find 'rating>=3' --vault ${vault}`);
  tellPace(demo, card, proof);
  const exit = exitOf(proof);
  screen.verdict(proof.isWhole, verdictText(proof));
  if (first.leftOut.count > 0) {
    const names = first.leftOut.names.slice(0, 5).join(', ');
    screen.line(
      `        Left out: ${formatCount(first.leftOut.count, 'file')} of operating systems (${names}).`,
    );
  }
  return exit;
}

/** The promise for 1,000 images, extrapolated from the rate that was measured. */
function tellPace({ screen }: Demo, card: Card, { first }: Proof): void {
  if (first.bytesRead === 0 || first.durationMs <= 0) return;
  const images = card.frames ?? card.files;
  const what = card.frames === null ? 'files like these' : 'such frames, RAW + JPEG and all';
  const imageBytes = first.bytesRead / images;
  const rate = formatRate(first.bytesRead, first.durationMs);
  screen.line();
  screen.line(`Protecting went at ${rate}. Extrapolated from that, not measured:`);
  for (const [text, bytes] of [
    [what, imageBytes],
    ['RAW files of 50 MB', LARGE_RAW_BYTES],
  ] as const) {
    const durationMs = (PROMISED_IMAGES * bytes * first.durationMs) / first.bytesRead;
    const size = formatBytes(Math.round(PROMISED_IMAGES * bytes));
    const verdict =
      durationMs < PROMISED_MS ? 'within the 10 minutes promised' : 'OVER the 10 minutes promised';
    screen.line(`  1,000 ${text} (${size}): ${formatDuration(durationMs)}, ${verdict}`);
  }
}

function exitOf({ isWhole, first, checked }: Proof): ExitCode {
  if (checked.damaged > 0) return EXIT.damageFound;
  if (!isWhole) return EXIT.failed;
  if (first.isFull) return EXIT.targetFull;
  return first.issueCount > 0 ? EXIT.filesHaveIssues : EXIT.done;
}

function verdictText({ isWhole, first, comparison }: Proof): string {
  const files = `${formatCount(comparison.sameFiles, 'file')}, ${formatBytes(comparison.sameBytes)}`;
  if (!isWhole) return `NOT everything came back as it was; ${files} did.`;
  const back = `Every byte came back: ${files}.`;
  return first.issueCount === 0
    ? back
    : `${back} ${formatCount(first.issueCount, 'file')} could not be protected, named above.`;
}
