/**
 * The Huffman code of RFC 7541, appendix B. The code is canonical: codes of one length are consecutive numbers in the
 * order of their symbols, so the symbols of each length say all of it.
 */
const EOS = 256;

/** Symbols by the length of their code in bits, in ascending order; a pair is an inclusive range. */
const SYMBOLS_BY_CODE_LENGTH: readonly (readonly [
  bits: number,
  symbols: readonly (number | readonly [number, number])[],
])[] = [
  [5, [[48, 50], 97, 99, 101, 105, 111, [115, 116]]],
  [6, [32, 37, [45, 47], [51, 57], 61, 65, 95, 98, 100, [102, 104], [108, 110], 112, 114, 117]],
  [7, [58, [66, 87], 89, [106, 107], 113, [118, 122]]],
  [8, [38, 42, 44, 59, 88, 90]],
  [10, [[33, 34], [40, 41], 63]],
  [11, [39, 43, 124]],
  [12, [35, 62]],
  [13, [0, 36, 64, 91, 93, 126]],
  [14, [94, 125]],
  [15, [60, 96, 123]],
  [19, [92, 195, 208]],
  [20, [128, [130, 131], 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, [176, 177], 179, 209, [216, 217], 227, [229, 230]]],
  [
    22,
    [
      129,
      [132, 134],
      136,
      146,
      154,
      156,
      160,
      [163, 164],
      [169, 170],
      173,
      178,
      181,
      [185, 187],
      [189, 190],
      196,
      198,
      228,
      [232, 233],
    ],
  ],
  [
    23,
    [
      1,
      135,
      [137, 141],
      143,
      147,
      [149, 152],
      155,
      [157, 158],
      [165, 166],
      168,
      [174, 175],
      180,
      [182, 183],
      188,
      191,
      197,
      231,
      239,
    ],
  ],
  [24, [9, 142, [144, 145], 148, 159, 171, 206, 215, 225, [236, 237]]],
  [25, [199, 207, [234, 235]]],
  [26, [[192, 193], [200, 202], 205, 210, 213, [218, 219], 238, 240, [242, 243], 255]],
  [27, [[203, 204], [211, 212], 214, [221, 223], 241, [244, 248], [250, 254]]],
  [28, [[2, 8], [11, 12], [14, 21], [23, 31], 127, 220, 249]],
  [30, [10, 13, 22, EOS]],
];

/** Each symbol with its code, as in the table of appendix B. Exported for the tests. */
export function huffmanCodes(): { readonly symbol: number; readonly code: number; readonly bits: number }[] {
  const codes: { symbol: number; code: number; bits: number }[] = [];
  let code = 0;
  let previousBits = 0;
  for (const [bits, symbols] of SYMBOLS_BY_CODE_LENGTH) {
    code *= 2 ** (bits - previousBits);
    previousBits = bits;
    for (const entry of symbols) {
      const [first, last] = typeof entry === 'number' ? [entry, entry] : entry;
      for (let symbol = first; symbol <= last; symbol++) codes.push({ symbol, code: code++, bits });
    }
  }
  return codes;
}

const NO_SYMBOL = -1;
const INVALID = -2;

/**
 * The code as a machine that takes four bits at a time. A state is an inner node of the code tree; no code is shorter
 * than five bits, so one step completes at most one symbol.
 */
interface Machine {
  /** At `state * 16 + nibble`: the next state. */
  readonly next: Uint16Array;
  /** At `state * 16 + nibble`: the completed symbol, {@link NO_SYMBOL} or {@link INVALID}. */
  readonly symbol: Int16Array;
  /** States in which a string may end: at most seven bits of padding, all ones (RFC 7541 §5.2). */
  readonly mayEnd: Uint8Array;
}

const machine = buildMachine();

function buildMachine(): Machine {
  // children[2 * node + bit]: an inner node, or ~symbol for a leaf. A complete tree of 257 leaves has 256 inner nodes.
  const children = new Int16Array(2 * 256);
  let nodes = 1;
  for (const { symbol, code, bits } of huffmanCodes()) {
    let node = 0;
    for (let bit = bits - 1; bit > 0; bit--) {
      const slot = 2 * node + ((code >>> bit) & 1);
      let child = children[slot] ?? 0;
      if (child === 0) {
        child = nodes++;
        children[slot] = child;
      }
      node = child;
    }
    children[2 * node + (code & 1)] = ~symbol;
  }
  const next = new Uint16Array(nodes * 16);
  const emitted = new Int16Array(nodes * 16).fill(NO_SYMBOL);
  for (let state = 0; state < nodes; state++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      const at = state * 16 + nibble;
      let node = state;
      for (let bit = 3; bit >= 0; bit--) {
        const child = children[2 * node + ((nibble >>> bit) & 1)] ?? 0;
        node = Math.max(child, 0);
        if (child < 0) emitted[at] = ~child === EOS ? INVALID : ~child;
      }
      next[at] = node;
    }
  }
  const mayEnd = new Uint8Array(nodes);
  let node = 0;
  for (let padding = 0; padding <= 7; padding++) {
    mayEnd[node] = 1;
    node = children[2 * node + 1] ?? 0;
  }
  return { next, symbol: emitted, mayEnd };
}

let scratch = Buffer.allocUnsafe(1024);

/** The string that a Huffman-coded octet string stands for (one character per octet); `undefined` if it is malformed. */
export function decodeHuffman(coded: Uint8Array): string | undefined {
  const room = Math.ceil((coded.length * 8) / 5);
  if (scratch.length < room) scratch = Buffer.allocUnsafe(room);
  // A rare giant string must not keep its memory for ever.
  const out = scratch;
  if (scratch.length > 64 * 1024) scratch = Buffer.allocUnsafe(1024);
  let length = 0;
  let state = 0;
  for (let i = 0; i < coded.length; i++) {
    const octet = coded[i] as number;
    let at = state * 16 + (octet >>> 4);
    let symbol = machine.symbol[at] as number;
    if (symbol >= 0) out[length++] = symbol;
    else if (symbol === INVALID) return undefined;
    at = (machine.next[at] as number) * 16 + (octet & 15);
    symbol = machine.symbol[at] as number;
    if (symbol >= 0) out[length++] = symbol;
    else if (symbol === INVALID) return undefined;
    state = machine.next[at] as number;
  }
  return machine.mayEnd[state] === 1 ? out.toString('latin1', 0, length) : undefined;
}
