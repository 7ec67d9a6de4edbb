/** One classic BPF instruction: struct sock_filter of <linux/filter.h>. */
export interface BpfInstruction {
  readonly code: number;
  /** Instructions to skip where a condition holds, and where it does not. */
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export type BpfProgram = readonly BpfInstruction[];

/** Keeps all of any frame: longer than the 64 KiB segments of `lo`. */
export const WHOLE_FRAME = 262_144;

/** BPF_MAXINSNS of <linux/bpf_common.h>. */
const MAX_INSTRUCTIONS = 4096;

const ETHERTYPE_OFFSET = 12;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const PROTOCOL_TCP = 6;
const IP_OFFSET = 14;
const FRAGMENT_OFFSET_MASK = 0x1fff;

/** Refuses every frame: what a capture starts with until something is subscribed (mirrord tcp_capture.rs:61). */
export const DROP_ALL: BpfProgram = [give(0)];

/**
 * Passes TCP segments from or to one of `ports`; of IPv4 only those that are no later fragment, since only they carry
 * ports. mirrord's filter (rawsocket `build_tcp_port_filter`) passes IPv6 as well and discards it later: the agent's filter
 * leaves it out, evidence keeps it.
 *
 * @param keep how many bytes of a frame to keep.
 * @throws Error with more ports than a kernel program can hold (about 1000 with both families).
 */
export function tcpPortFilter(
  ports: Iterable<number>,
  { families, keep = WHOLE_FRAME }: { readonly families: readonly ('ipv4' | 'ipv6')[]; readonly keep?: number },
): BpfProgram {
  const wanted = [...new Set(ports)].sort((a, b) => a - b);
  if (wanted.length === 0) return DROP_ALL;
  const program: BpfInstruction[] = [loadHalf(ETHERTYPE_OFFSET)];
  if (families.includes('ipv4')) {
    const branch = [
      loadByte(IP_OFFSET + 9),
      ...demand(equals(PROTOCOL_TCP)),
      loadHalf(IP_OFFSET + 6),
      ...refuse(anyBit(FRAGMENT_OFFSET_MASK)),
      loadHeaderLength(IP_OFFSET),
      loadHalfIndexed(IP_OFFSET),
      ...wanted.flatMap((port) => accept(equals(port), keep)),
      loadHalfIndexed(IP_OFFSET + 2),
      ...wanted.flatMap((port) => accept(equals(port), keep)),
      give(0),
    ];
    program.push(...when(equals(ETHERTYPE_IPV4), branch));
  }
  if (families.includes('ipv6')) {
    // Without extension headers, as libpcap's `tcp port`: TCP follows the fixed header of 40 bytes.
    const branch = [
      loadByte(IP_OFFSET + 6),
      ...demand(equals(PROTOCOL_TCP)),
      loadHalf(IP_OFFSET + 40),
      ...wanted.flatMap((port) => accept(equals(port), keep)),
      loadHalf(IP_OFFSET + 42),
      ...wanted.flatMap((port) => accept(equals(port), keep)),
      give(0),
    ];
    program.push(...when(equals(ETHERTYPE_IPV6), branch));
  }
  program.push(give(0));
  if (program.length > MAX_INSTRUCTIONS) {
    throw new Error(
      `a packet filter cannot hold ${wanted.length} ports: the kernel allows ${MAX_INSTRUCTIONS} instructions`,
    );
  }
  return program;
}

/** A condition on the accumulator: a conditional jump whose targets are still open. */
type Condition = (jt: number, jf: number) => BpfInstruction;

function equals(k: number): Condition {
  return (jt, jf) => ({ code: 0x15, jt, jf, k });
}

function anyBit(k: number): Condition {
  return (jt, jf) => ({ code: 0x45, jt, jf, k });
}

/** Conditional jumps reach 255 instructions only; so every decision jumps over one instruction, which returns or jumps far. */
function accept(condition: Condition, keep: number): readonly BpfInstruction[] {
  return [condition(0, 1), give(keep)];
}

function refuse(condition: Condition): readonly BpfInstruction[] {
  return [condition(0, 1), give(0)];
}

function demand(condition: Condition): readonly BpfInstruction[] {
  return [condition(1, 0), give(0)];
}

function when(condition: Condition, branch: readonly BpfInstruction[]): readonly BpfInstruction[] {
  return [condition(1, 0), { code: 0x05, jt: 0, jf: 0, k: branch.length }, ...branch];
}

function loadHalf(k: number): BpfInstruction {
  return { code: 0x28, jt: 0, jf: 0, k };
}

function loadByte(k: number): BpfInstruction {
  return { code: 0x30, jt: 0, jf: 0, k };
}

/** X ← length of the IPv4 header at `k`. */
function loadHeaderLength(k: number): BpfInstruction {
  return { code: 0xb1, jt: 0, jf: 0, k };
}

/** A ← half word at X + `k`. */
function loadHalfIndexed(k: number): BpfInstruction {
  return { code: 0x48, jt: 0, jf: 0, k };
}

function give(k: number): BpfInstruction {
  return { code: 0x06, jt: 0, jf: 0, k };
}
