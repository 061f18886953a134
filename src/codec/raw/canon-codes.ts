import { countedWords } from './difference-code.ts';

/** How many words have 1 to 16 bits, and the symbols as hexadecimal digits, as public readers of CRW files have them. */
const FIRST = [
  [[0, 1, 4, 2, 3, 1, 2], '040305060207010809000a0bff'],
  [[0, 2, 2, 3, 1, 1, 1, 1, 2], '030204010500060709080a0bff'],
  [[0, 0, 6, 3, 1, 1, 2], '0605070408030902000a010bff'],
] as const;

const SECOND = [
  [
    [0, 2, 2, 2, 1, 4, 2, 1, 2, 5, 1, 1, 0, 0, 0, 139],
    [
      '0304020501060708121311140915220021160af02317243132181933254134423551363738297926',
      '1a3956572827525558437659775461f9717875969749b753d774b698474895699991fab868b5b9d6',
      'f7d86746459489f881d5f6b488b12a4472d98766d4f53aa773a9a88662c765c8c9a1f4d1e95a9285',
      'a6e793e8c1c67a64e14a6ae6b3f1d3a58ab29aba84a463e5c5f3d2c482aadae4f2ca83a3a2c3eac2',
      'e2e3',
    ].join(''),
  ],
  [
    [0, 2, 2, 1, 4, 1, 4, 1, 3, 3, 1, 0, 0, 0, 0, 140],
    [
      '02030104051211061307081422092100231531320a16f02433414219172518513443522935613971',
      '62365326381a37812791795545287259a1b144695458d1fa57e1f1b94947636af95646a82a4a7899',
      '3a75748665c176b696d68985c9f595b4c7f78a97b873b7d8d987a77a488284eaf4a6c55a94a4c692',
      'c368b5c8e4e5e6e9a2a3e3c2666793aad4d5e7f8889ad777c464e298a5cadae8f3f6a9b2b3f2d283',
      'bad3',
    ].join(''),
  ],
  [
    [0, 0, 6, 2, 1, 3, 3, 2, 5, 1, 2, 2, 8, 10, 0, 117],
    [
      '04050306020701080912131411150a1617f000222118231924323125333837343536397957585928',
      '567827412977264276991a559897f94854968947b749fa7568b66769b9b8d852d788b5745146d9f8',
      '3ad687457a95d5f686b4a994532aa843f5f7d466a75a448ac9e8c8e79a6a734a61c7f4c665e972e6',
      '719193a6da928562f3c5b2a484ba64a5b3d281e5d3aac4caf2b1e4d18363eac3e282f1a3c2a1c1e3',
      'a2e1',
    ].join(''),
  ],
] as const;

/** A code of Canon's early RAW files. */
export interface CanonCode {
  /** For each value of the next 16 bits: the symbol, and the length of its word times 256; 0 where no word begins so. */
  readonly look: Uint16Array;
  /** By symbol; length 0 where there is no word. */
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** The codes of the first of 64 differences, and of the others: runs of zeros times 16 and a category. */
export function canonCodes(table: number): readonly [CanonCode, CanonCode] {
  return [codeOf(FIRST[table] ?? FIRST[2]), codeOf(SECOND[table] ?? SECOND[2])];
}

function codeOf([counts, digits]: readonly [readonly number[], string]): CanonCode {
  const symbols = digits.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  const look = new Uint16Array(1 << 16);
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  countedWords(counts, symbols).forEach(({ length, code }, index) => {
    const symbol = symbols[index] ?? 0;
    const first = code << (16 - length);
    look.fill((length << 8) | symbol, first, first + (1 << (16 - length)));
    if (lengths[symbol] !== 0) return;
    codes[symbol] = code;
    lengths[symbol] = length;
  });
  return { look, codes, lengths };
}
