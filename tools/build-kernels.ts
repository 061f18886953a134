/** Compiles the AssemblyScript kernels; replaced in full once the first kernel lands. */
export {};
