/** Slots of the contexts of one kind of input. */
const SLOT_BITS = 18;
const INPUTS_MAX = 20;
const WEIGHT_SETS = 4096;

/**
 * Adds up what bits would take by a mixture of many adaptive chances: as context-mixing compressors do it, in floating
 * point and without writing anything. The ideal length, not a codec.
 */
export class BitMixer {
  /** Bits so far. */
  bits = 0;
  readonly #chances = new Uint16Array(INPUTS_MAX << SLOT_BITS).fill(32_768);
  readonly #times = new Uint8Array(INPUTS_MAX << SLOT_BITS);
  readonly #weights = new Float32Array(WEIGHT_SETS * INPUTS_MAX).fill(0.3);
  readonly #moreWeights = new Float32Array(WEIGHT_SETS * INPUTS_MAX);
  readonly #bases = new Int32Array(INPUTS_MAX);
  readonly #places = new Int32Array(INPUTS_MAX);
  readonly #stretched = new Float32Array(INPUTS_MAX);
  #count = 0;
  #set = 0;
  #moreSet = 0;

  /** Begins a symbol: two numbers below 4096 choose the weights. */
  begin(set: number, moreSet: number): void {
    this.#count = 0;
    this.#set = set * INPUTS_MAX;
    this.#moreSet = moreSet * INPUTS_MAX;
  }

  /** One more context of the symbol that was begun. */
  add(context: number): void {
    const at = this.#count;
    this.#bases[at] = Math.imul(context + 1, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b);
    this.#count = at + 1;
  }

  /** The symbol's next bit, at this node of its tree (below 256). */
  code(bit: number, node: number): void {
    const count = this.#count;
    let sum = 0;
    for (let input = 0; input < count; input++) {
      const hash = Math.imul(
        (this.#bases[input] ?? 0) ^ Math.imul(node + 1, 0x2c1b3c6d),
        0x297a2d39,
      );
      const place = (input << SLOT_BITS) | ((hash ^ (hash >>> 15)) >>> (32 - SLOT_BITS));
      this.#places[input] = place;
      const value =
        (STRETCH[(this.#chances[place] ?? 0) >> 4] ?? 0) * (TRUST[this.#times[place] ?? 0] ?? 1);
      this.#stretched[input] = value;
      sum +=
        value *
        ((this.#weights[this.#set + input] ?? 0) + (this.#moreWeights[this.#moreSet + input] ?? 0));
    }
    const chance = Math.min(Math.max(1 / (1 + Math.exp(-sum)), 1 / 8192), 8191 / 8192);
    this.bits -= Math.log2(bit === 1 ? chance : 1 - chance);
    this.#learn(bit, bit - chance);
  }

  #learn(bit: number, error: number): void {
    const goal = bit === 1 ? 65_535 : 0;
    for (let input = 0; input < this.#count; input++) {
      const step = 0.006 * error * (this.#stretched[input] ?? 0);
      this.#weights[this.#set + input] = (this.#weights[this.#set + input] ?? 0) + step;
      this.#moreWeights[this.#moreSet + input] =
        (this.#moreWeights[this.#moreSet + input] ?? 0) + step;
      const place = this.#places[input] ?? 0;
      const times = this.#times[place] ?? 0;
      const chance = this.#chances[place] ?? 0;
      this.#chances[place] = chance + Math.trunc((goal - chance) * (RATES[times] ?? 0));
      if (times < RATES.length - 1) this.#times[place] = times + 1;
    }
  }
}

const STRETCH = Float32Array.from({ length: 4096 }, (_odds, index) => {
  const chance = (index + 0.5) / 4096;
  return Math.log(chance / (1 - chance));
});
/** How fast a chance learns after so many bits; how far it is believed. */
const RATES = Float32Array.from({ length: 250 }, (_rate, times) => 1 / (times + 1.6));
const TRUST = Float32Array.from({ length: 256 }, (_trust, times) => (times + 0.2) / (times + 1.2));
