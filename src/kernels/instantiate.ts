/**
 * Makes a running kernel from its base64 text, at once and without any file: kernels have to work in a browser too.
 * Throws where the text is not a WebAssembly module or the engine lacks SIMD (Node >= 16.4 and every browser since 2023
 * have it).
 */
export function instantiateKernel(base64: string): Readonly<Record<string, unknown>> {
  const module = MODULES.get(base64) ?? compile(base64);
  MODULES.set(base64, module);
  return new WebAssembly.Instance(module).exports;
}

/** Compiled once each: a module that was made anew would be slow at first, every time. */
const MODULES = new Map<string, WebAssembly.Module>();

function compile(base64: string): WebAssembly.Module {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return new WebAssembly.Module(bytes);
}

/** The error for a kernel that was never compiled. */
export function missingKernel(name: string, cause: unknown): Error {
  return new Error(`the kernel "${name}" is not built: run "npm run prepare" first`, { cause });
}
