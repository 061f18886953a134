/**
 * Compiles the AssemblyScript kernels of src/kernels/assembly into modules that carry the bytes as base64 text, so
 * that the loaders work in Node and in a browser alike. Runs at `npm run prepare`; sources that did not change since
 * the last build are left alone.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kernels = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'kernels');
const sources = join(kernels, 'assembly');
const generated = join(kernels, 'generated');

/** No runtime, no imports: the caller lays out the memory. */
const FLAGS = [
  '--optimizeLevel=3',
  '--shrinkLevel=0',
  '--converge',
  '--noAssert',
  '--runtime=stub',
  '--enable=simd',
];

async function compile(name: string): Promise<Uint8Array> {
  // Loaded only where something changed: the compiler takes half a second to start.
  const { default: asc } = await import('assemblyscript/asc');
  const file = `${name}.ts`;
  let binary: Uint8Array | null = null;
  const { error, stderr } = await asc.main([file, '--outFile=out.wasm', ...FLAGS], {
    readFile: (path) => readFile(join(sources, path), 'utf8').catch(() => null),
    writeFile: (_path, contents) => {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) {
    throw new Error(
      `kernel ${name} did not compile: ${error?.message ?? ''}\n${stderr.toString()}`,
    );
  }
  return binary;
}

async function build(name: string): Promise<boolean> {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  hash.update(await readFile(join(sources, `${name}.ts`)));
  hash.update(await readFile(fileURLToPath(import.meta.resolve('assemblyscript/package.json'))));
  const mark = `// Made by tools/build-kernels.ts; sources ${hash.digest('hex')}`;
  const target = join(generated, `${name}.ts`);
  const before = await readFile(target, 'utf8').catch(() => '');
  if (before.startsWith(`${mark}\n`)) return false;
  const text = Buffer.from(await compile(name)).toString('base64');
  const doc = `/** The compiled kernel assembly/${name}.ts as base64 text. */`;
  await writeFile(target, `${mark}\n${doc}\nexport const WASM_BASE64 = '${text}';\n`);
  return true;
}

await mkdir(generated, { recursive: true });
const names = (await readdir(sources)).filter((name) => name.endsWith('.ts'));
const built: string[] = [];
for (const name of names.map((file) => file.slice(0, -'.ts'.length)).sort()) {
  if (await build(name)) built.push(name);
}
if (built.length > 0) console.log(`kernels built: ${built.join(', ')}`);
