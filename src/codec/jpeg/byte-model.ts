import { type ByteCoder, openByteCoder } from '../../kernels/index.ts';
import { PRIMER } from './primer.ts';

let coder: ByteCoder | null = null;

/** The coder of bytes whose model has seen what most JPEG headers have: the tables of T.81 annex K. Made once. */
export function byteCoder(): ByteCoder {
  coder ??= openByteCoder(PRIMER);
  return coder;
}
