import { readFileSync } from 'node:fs';
import { decodeRaw, encodeRaw } from '../src/codec/index.ts';

/** A process of its own that recodes one file and decodes it again: for its memory. */
const bytes = new Uint8Array(readFileSync(process.argv[2] ?? ''));
const container = encodeRaw(bytes);
if (container === null) throw new Error('it was not recoded');
decodeRaw(container);
