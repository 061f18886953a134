/** A lossless JPEG, decoded: `width` counts pixels, each of `components` samples side by side. */
export interface LosslessPicture {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly bits: number;
  readonly predictor: number;
  readonly samples: Uint16Array;
}

interface Frame {
  readonly bits: number;
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Symbols by their codes, written out as text of zeros and ones. */
type Codes = ReadonlyMap<string, number>;

/**
 * Decodes a lossless JPEG (ITU T.81 annexes B, C, F and H) bit by bit as the text of the standard says it, without
 * regard to speed, so that it shares nothing with the writer. Throws where the file breaks a rule of the standard.
 */
export function readLosslessJpeg(bytes: Uint8Array): LosslessPicture {
  const tables = new Map<number, Codes>();
  let frame: Frame | null = null;
  must(bytes[0] === 0xff && bytes[1] === 0xd8, 'no start of image');
  for (let at = 2; ; ) {
    must(bytes[at] === 0xff, `no marker at ${at}`);
    const marker = byteAt(bytes, at + 1);
    const length = byteAt(bytes, at + 2) * 256 + byteAt(bytes, at + 3);
    const content = bytes.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xc4) readTables(content, tables);
    else if (marker === 0xc3) frame = readFrame(content);
    else {
      must(marker === 0xda && frame !== null, `marker ${marker} before a frame`);
      return readScan(frame, { content, tables, coded: bytes.subarray(at) });
    }
  }
}

function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`not a lossless JPEG: ${rule}`);
}

function byteAt(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  must(value !== undefined, `ends before ${at}`);
  return value;
}

/** Codes of every length go up one by one from twice the last of the length before (annex C.2). */
function readTables(content: Uint8Array, tables: Map<number, Codes>): void {
  for (let at = 0; at < content.length; ) {
    const codes = new Map<string, number>();
    let symbol = at + 17;
    let next = 0;
    for (let length = 1; length <= 16; length++) {
      for (let index = byteAt(content, at + length); index > 0; index--) {
        const code = next.toString(2).padStart(length, '0');
        must(code.length === length, 'more codes than there is room for');
        must(code.includes('0'), 'a code of ones only');
        codes.set(code, byteAt(content, symbol++));
        next += 1;
      }
      next *= 2;
    }
    tables.set(byteAt(content, at), codes);
    at = symbol;
  }
}

function readFrame(content: Uint8Array): Frame {
  const word = (at: number): number => byteAt(content, at) * 256 + byteAt(content, at + 1);
  const components = byteAt(content, 5);
  must(content.length === 6 + 3 * components, 'length of the frame header');
  return { bits: byteAt(content, 0), height: word(1), width: word(3), components };
}

interface Scan {
  readonly content: Uint8Array;
  readonly tables: ReadonlyMap<number, Codes>;
  readonly coded: Uint8Array;
}

function readScan(frame: Frame, { content, tables, coded }: Scan): LosslessPicture {
  const { width, height, components, bits } = frame;
  must(content[0] === components && content.length === 4 + 2 * components, 'components of scan');
  const predictor = byteAt(content, 1 + 2 * components);
  must(predictor >= 1 && predictor <= 7, `predictor ${predictor}`);
  const codes = Array.from({ length: components }, (_, component) => {
    const table = tables.get(byteAt(content, 2 + 2 * component) >> 4);
    must(table !== undefined, 'a table that is not there');
    return table;
  });
  const samples = new Uint16Array(width * height * components);
  const readBit = bitReader(coded);
  const stride = width * components;
  for (let index = 0; index < samples.length; index++) {
    const row = Math.floor(index / stride);
    const place = { row, column: Math.floor((index % stride) / components) };
    const near = {
      left: samples[index - components] ?? 0,
      above: samples[index - stride] ?? 0,
      corner: samples[index - stride - components] ?? 0,
    };
    const predicted = predict(predictor, { ...place, bits, ...near });
    const table = codes[index % components];
    must(table !== undefined, 'a component without a table');
    // Modulo 65536 (annex H.1.2.1); what comes out must be a value of the picture's bits.
    const value = (predicted + readDifference(table, readBit)) & 0xffff;
    must(value < 2 ** bits, `value ${value} of ${bits} bits`);
    samples[index] = value;
  }
  must(readBit.isAtEnd(), 'something else than the end of image after the last sample');
  return { ...frame, predictor, samples };
}

interface Neighbours {
  readonly row: number;
  readonly column: number;
  readonly bits: number;
  readonly left: number;
  readonly above: number;
  readonly corner: number;
}

/** Table H.1, and what stands in for it on the first line and in the first column (annex H.1.1). */
function predict(predictor: number, near: Neighbours): number {
  const { left, above, corner } = near;
  if (near.row === 0) return near.column === 0 ? 2 ** (near.bits - 1) : left;
  if (near.column === 0) return above;
  const half = (value: number): number => Math.floor(value / 2);
  const table = [
    left,
    above,
    corner,
    left + above - corner,
    left + half(above - corner),
    above + half(left - corner),
    half(left + above),
  ];
  return table[predictor - 1] ?? Number.NaN;
}

interface BitReader {
  (): '0' | '1';
  /** Whether only ones fill the last byte and the end of image follows. */
  isAtEnd(): boolean;
}

function bitReader(coded: Uint8Array): BitReader {
  let at = 0;
  let bit = 0;
  const read = (): '0' | '1' => {
    const value = byteAt(coded, at);
    const isSet = (value & (0x80 >> bit)) !== 0;
    bit += 1;
    if (bit === 8) {
      if (value === 0xff) must(coded[at + 1] === 0, 'a marker inside the samples');
      at += value === 0xff ? 2 : 1;
      bit = 0;
    }
    return isSet ? '1' : '0';
  };
  const isAtEnd = (): boolean => {
    while (bit !== 0) if (read() === '0') return false;
    return coded.length === at + 2 && coded[at] === 0xff && coded[at + 1] === 0xd9;
  };
  return Object.assign(read, { isAtEnd });
}

/** Annexes F.2.2.1 and H.1.2.2: a code says how many bits follow; a first bit of 0 means a negative number. */
function readDifference(codes: Codes, readBit: BitReader): number {
  let code = '';
  while (!codes.has(code)) {
    must(code.length < 16, `no code ${code}`);
    code += readBit();
  }
  const count = codes.get(code) ?? 0;
  if (count === 0) return 0;
  if (count === 16) return 32_768;
  let bits = '';
  while (bits.length < count) bits += readBit();
  const value = Number.parseInt(bits, 2);
  return bits.startsWith('1') ? value : value - (2 ** count - 1);
}
