/**
 * Makes the page that every vault gets: recover.html with the decoders of src/codec put into it as one script, so that
 * a browser alone, offline, gives recoded pictures back. Runs at `npm run prepare`, after the kernels; where nothing
 * changed since the last build it is left alone.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const folder = join(source, 'vault', 'recover-page');
const target = join(folder, 'generated', 'recover.html');
const decoders = join(source, 'codec', 'decoders.ts');

/** What the bundle is made of. */
const ROOMS = ['base', 'kernels', 'codec'];

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const files = [fileURLToPath(import.meta.url), join(folder, 'recover.html')];
  for (const room of ROOMS) {
    for (const name of (await readdir(join(source, room), { recursive: true })).sort()) {
      if (name.endsWith('.ts') && !name.endsWith('.test.ts')) files.push(join(source, room, name));
    }
  }
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex');
}

/** A script in a page cannot wait for its parts: kernels are put in at once. */
const staticKernels: Plugin = {
  name: 'static-kernels',
  transform: (code) =>
    code.replace(
      /const \{ WASM_BASE64 \} = await import\(('[^']+')\)\.catch\([\s\S]*?\n\}\);/,
      'import { WASM_BASE64 } from $1;',
    ),
};

async function bundle(): Promise<string> {
  // Loaded only where something changed.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ input: decoders, platform: 'browser', plugins: [staticKernels] });
  const { output } = await build.generate({ format: 'iife', name: 'decoders', minify: true });
  await build.close();
  const [first] = output;
  // Nothing in it may end the script it stands in.
  return first.code.trim().replaceAll('</', '<\\/');
}

const PLACE = /<script id="decoders">[\s\S]*?<\/script>/;

const mark = `<!-- Made by tools/build-recover-page.ts; sources ${await hashOfSources()} -->`;
const before = await readFile(target, 'utf8').catch(() => '');
if (!before.includes(mark)) {
  const page = await readFile(join(folder, 'recover.html'), 'utf8');
  const script = `<script id="decoders">${await bundle()}</script>`;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(
    target,
    page.replace(PLACE, () => `${mark}\n${script}`),
  );
  console.log('built recover.html');
}
