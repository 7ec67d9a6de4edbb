import { setImmediate } from 'node:timers';
import { type FilterInstruction, PacketSocket, type RingGeometry } from './packet-socket.js';
import { bind, koffi, lastError } from './system-call.js';

const mmap = bind<
  [address: bigint | null, length: number, protection: number, flags: number, fd: number, offset: number],
  bigint
>('void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)');

// <asm-generic/mman-common.h>
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

// Offsets in struct tpacket_block_desc (version 1) and struct tpacket3_hdr of <linux/if_packet.h>; in 32-bit words
// for a block, in bytes for a frame.
const BLOCK_STATUS = 2;
const BLOCK_FRAMES = 3;
const BLOCK_FIRST_FRAME = 4;
const FRAME_NEXT = 0;
const FRAME_SECONDS = 4;
const FRAME_NANOSECONDS = 8;
const FRAME_CAPTURED = 12;
const FRAME_LENGTH = 16;
const FRAME_MAC = 24;
const FRAME_PACKET_TYPE = 48 + 10; // sockaddr_ll behind the header, field sll_pkttype
const TP_STATUS_KERNEL = 0;
const TP_STATUS_USER = 1;
const PACKET_OUTGOING = 4;

/**
 * A block is handed over `retireMs` after it was begun, however little is in it: so `blockCount` × `retireMs` is how long the reader may
 * be held up (256 ms here) before frames are lost even at a trickle, and the whole size is what it may be behind in bulk. A block
 * must hold several of the 64 KiB segments of `lo`, or it is used badly.
 */
const DEFAULT_GEOMETRY: RingGeometry = { blockSize: 256 * 1024, blockCount: 128, retireMs: 2 };

/** How many frames one turn handles before the event loop gets its turn. */
const FRAMES_PER_TURN = 256;

export interface PacketRingOptions extends Partial<RingGeometry> {
  readonly interface: string;
  /** Leave out the frames that leave by the interface. On `lo` each frame is seen once then, otherwise twice. */
  readonly ignoreOutgoing: boolean;
  /** Holds from the first frame on. Without it everything is captured. */
  readonly filter?: readonly FilterInstruction[];
}

/**
 * One captured frame: `memory[start…end)` holds what was captured of it, from the link-layer header on. Both the object and the
 * memory are used again: what is to outlive the callback must be copied.
 */
export interface Frame {
  readonly memory: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Length on the wire; more than was captured where the filter cut the frame. */
  readonly originalLength: number;
  /** Time of arrival since the epoch. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly outgoing: boolean;
}

export interface RingStatistics {
  /** Frames that passed the filter, the dropped ones included. */
  readonly frames: number;
  /** Frames that were lost because all blocks were full. */
  readonly drops: number;
}

/**
 * A capture on one interface: a TPACKET_V3 ring that the kernel fills and that is read in place. Readiness comes from
 * the event loop itself (uv_poll), so a waiting capture costs neither a thread nor a system call. A frame reaches the callback
 * when its block is full, or one to two times `retireMs` after the block was begun, whichever is first.
 */
export class PacketRing {
  readonly #socket: PacketSocket;
  readonly #geometry: RingGeometry;
  readonly #address: bigint;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #frame: { -readonly [Key in keyof Frame]: Frame[Key] };
  #onFrame: ((frame: Frame) => void) | undefined;
  #afterTurn: (() => void) | undefined;
  #poll: { close(): void } | undefined;
  /** The block that is read next, and where reading stopped in it (0: not begun). */
  #block = 0;
  #offset = 0;
  #left = 0;
  #scheduled = false;
  #disposed = false;
  #frames = 0;
  #drops = 0;
  #idle: (() => void)[] = [];

  private constructor(socket: PacketSocket, geometry: RingGeometry) {
    const length = geometry.blockSize * geometry.blockCount;
    const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, socket.fd, 0);
    if (BigInt.asUintN(64, address) === MAP_FAILED) throw lastError('mmap', 'PACKET_RX_RING');
    const memory = koffi().view(address, length);
    this.#socket = socket;
    this.#geometry = geometry;
    this.#address = address;
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#words = new Int32Array(memory);
    this.#frame = {
      memory: this.#bytes,
      start: 0,
      end: 0,
      originalLength: 0,
      seconds: 0,
      nanoseconds: 0,
      outgoing: false,
    };
  }

  /**
   * Opens a capture in the current network namespace. Defaults: {@link DEFAULT_GEOMETRY}.
   * @throws NoSuchInterfaceError, SystemCallError (EPERM without CAP_NET_RAW)
   */
  static open(options: PacketRingOptions): PacketRing {
    const geometry: RingGeometry = {
      blockSize: options.blockSize ?? DEFAULT_GEOMETRY.blockSize,
      blockCount: options.blockCount ?? DEFAULT_GEOMETRY.blockCount,
      retireMs: options.retireMs ?? DEFAULT_GEOMETRY.retireMs,
    };
    const socket = new PacketSocket();
    try {
      if (options.ignoreOutgoing) socket.ignoreOutgoing();
      if (options.filter !== undefined) socket.attachFilter(options.filter);
      socket.createRing(geometry);
      const ring = new PacketRing(socket, geometry);
      try {
        socket.listenOn(options.interface);
        return ring;
      } catch (error) {
        ring.#unmap();
        throw error;
      }
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Replaces the kernel filter; holds for every frame that arrives after this returns. */
  setFilter(program: readonly FilterInstruction[]): void {
    this.#socket.attachFilter(program);
  }

  /**
   * Starts to deliver frames, in the order of their arrival. `afterTurn` is called after each run of frames: the time to write
   * out what they led to.
   */
  start(onFrame: (frame: Frame) => void, afterTurn?: () => void): void {
    this.#onFrame = onFrame;
    this.#afterTurn = afterTurn;
    // The poll callback runs outside of Node's callback scope (no microtasks, no error handling), so it only schedules.
    this.#poll = koffi().node.poll(this.#socket.fd, { readable: true }, () => this.#schedule());
  }

  /** Cumulative counters of the kernel. */
  statistics(): RingStatistics {
    if (!this.#disposed) {
      const { frames, drops } = this.#socket.takeStatistics();
      this.#frames += frames;
      this.#drops += drops;
    }
    return { frames: this.#frames, drops: this.#drops };
  }

  /** Resolves when every frame that the kernel has captured by now was delivered: at most about `retireMs` on an idle machine. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isEmpty()) resolve();
      else this.#idle.push(resolve);
    });
  }

  /** Ends the capture and frees the ring. Frames that were not delivered yet are lost: await {@link drained} first. */
  dispose(): void {
    if (this.#disposed) return;
    this.statistics();
    this.#disposed = true;
    this.#poll?.close();
    this.#socket.close();
    this.#unmap();
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #schedule(): void {
    if (this.#scheduled || this.#disposed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#disposed) this.#turn();
    });
  }

  /** Handles up to {@link FRAMES_PER_TURN} frames, and asks for another turn if there are more. */
  #turn(): void {
    let budget = FRAMES_PER_TURN;
    while (budget > 0 && this.#blockIsOurs()) {
      if (this.#offset === 0) this.#beginBlock();
      budget = this.#readFrames(budget);
      if (this.#disposed) return; // by a callback
      if (this.#left === 0) this.#releaseBlock();
    }
    this.#afterTurn?.();
    if (this.#disposed) return;
    if (this.#blockIsOurs()) this.#schedule();
    else if (this.#idle.length > 0 && this.#isEmpty()) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #readFrames(budget: number): number {
    const frame = this.#frame;
    const view = this.#view;
    let left = budget;
    while (left > 0 && this.#left > 0) {
      const at = this.#offset;
      frame.start = at + view.getUint16(at + FRAME_MAC, true);
      frame.end = frame.start + view.getUint32(at + FRAME_CAPTURED, true);
      frame.originalLength = view.getUint32(at + FRAME_LENGTH, true);
      frame.seconds = view.getUint32(at + FRAME_SECONDS, true);
      frame.nanoseconds = view.getUint32(at + FRAME_NANOSECONDS, true);
      frame.outgoing = view.getUint8(at + FRAME_PACKET_TYPE) === PACKET_OUTGOING;
      this.#offset = at + view.getUint32(at + FRAME_NEXT, true);
      this.#left -= 1;
      left -= 1;
      this.#onFrame?.(frame);
      if (this.#disposed) return 0;
    }
    return left;
  }

  #beginBlock(): void {
    const word = this.#blockWord();
    this.#left = this.#words[word + BLOCK_FRAMES] ?? 0;
    this.#offset = this.#block * this.#geometry.blockSize + (this.#words[word + BLOCK_FIRST_FRAME] ?? 0);
  }

  #releaseBlock(): void {
    const word = this.#blockWord();
    // The kernel counts frames here while it fills a block; a stale count would look like frames to come (#isEmpty).
    this.#words[word + BLOCK_FRAMES] = 0;
    Atomics.store(this.#words, word + BLOCK_STATUS, TP_STATUS_KERNEL);
    this.#offset = 0;
    this.#block = (this.#block + 1) % this.#geometry.blockCount;
  }

  #blockIsOurs(): boolean {
    return (Atomics.load(this.#words, this.#blockWord() + BLOCK_STATUS) & TP_STATUS_USER) !== 0;
  }

  /** Neither a block to read nor frames in the block that the kernel is filling. */
  #isEmpty(): boolean {
    if (this.#disposed) return true;
    return !this.#blockIsOurs() && Atomics.load(this.#words, this.#blockWord() + BLOCK_FRAMES) === 0;
  }

  #blockWord(): number {
    return (this.#block * this.#geometry.blockSize) / 4;
  }

  /** Gives the ring's memory back. Empty pages take its place, so that a view kept by mistake reads zeros instead of faulting. */
  #unmap(): void {
    const { blockSize, blockCount } = this.#geometry;
    const flags = MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE;
    mmap(this.#address, blockSize * blockCount, PROT_READ_WRITE, flags, -1, 0);
  }
}
