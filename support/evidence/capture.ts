import { closeSync, openSync, writeSync } from 'node:fs';
import { inNetworkNamespace } from '../linux/network-namespace.js';
import { type Frame, PacketRing } from '../linux/packet-ring.js';
import { messageOf } from '../model/errors.js';
import { now } from '../model/journal.js';
import type { CaptureCounters } from '../model/session.js';
import type { InterfaceTraffic } from '../model/verdict.js';
import { type BpfProgram, tcpPortFilter, WHOLE_FRAME } from '../wire/bpf.js';
import { parseTcp, TcpSegment } from '../wire/ethernet.js';
import { PcapWriter } from '../wire/pcap-writer.js';
import { TrafficSummary } from './capture-traffic.js';

/** Bytes of a file, unless told otherwise: some ten thousand calls. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Enough of a frame to sum it up, once the file is full: headers and a request line. */
const SUMMARY_BYTES = 2048;
/** Evidence has time: fuller blocks, and a second that the reader may be held up. */
const RETIRE_MS = 8;
const BLOCKS = 128;

export interface CaptureOptions {
  /** Namespace file of the pod, for example `/run/netns/target`; the current namespace if absent. */
  readonly netnsPath?: string;
  readonly interface: string;
  /** The pcapng file to write. */
  readonly file: string;
  /** The workload's ports: only TCP from or to them is captured. */
  readonly ports: readonly number[];
  /** How many bytes of a frame to keep. Default all. */
  readonly snaplen?: number;
  /** Frames that would make the file longer are counted, but not written. Default 64 MiB. */
  readonly maxFileBytes?: number;
}

/** What a capture saw. */
export interface CaptureResult {
  readonly traffic: InterfaceTraffic;
  /** `drops` frames are missing in `traffic` and in the file. */
  readonly counters: CaptureCounters;
  /** Frames that were seen, but are not in the file, because it is full or cannot be written. */
  readonly unwritten: number;
  /** Why the file could not be written. */
  readonly fileProblem?: string;
}

/** A capture that runs. */
export interface Capture {
  /** What was seen so far. */
  result(): CaptureResult;
  /** What the interface carried so far, with all that the kernel has captured by now. */
  traffic(): Promise<InterfaceTraffic>;
  /** Takes in what the kernel has captured by now, completes the file and ends. May be called again. */
  stop(): Promise<CaptureResult>;
}

/**
 * Captures what one interface of a pod carries, as evidence. Needs CAP_NET_RAW in that namespace, and CAP_SYS_ADMIN to go there.
 * @throws NoSuchInterfaceError, SystemCallError; errors of the file system.
 */
export async function startCapture(options: CaptureOptions): Promise<Capture> {
  return new EvidenceCapture(options);
}

class EvidenceCapture implements Capture {
  readonly #options: CaptureOptions;
  readonly #maxFileBytes: number;
  readonly #ring: PacketRing;
  readonly #file: number;
  readonly #writer: PcapWriter;
  readonly #summary: TrafficSummary;
  readonly #segment = new TcpSegment();
  #frames = 0;
  #bytes = 0;
  #unwritten = 0;
  #fileIsFull = false;
  #fileProblem: string | undefined;
  #stopped: Promise<CaptureResult> | undefined;

  constructor(options: CaptureOptions) {
    const snapLength = options.snaplen ?? WHOLE_FRAME;
    this.#options = options;
    this.#maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
    this.#file = openSync(options.file, 'w');
    try {
      this.#ring = inNetworkNamespace(options.netnsPath, () =>
        PacketRing.open({
          interface: options.interface,
          // Loopback shows each frame when it leaves and when it arrives; elsewhere both directions are wanted.
          ignoreOutgoing: options.interface === 'lo',
          filter: this.#filter(snapLength),
          blockCount: BLOCKS,
          retireMs: RETIRE_MS,
        }),
      );
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    this.#summary = new TrafficSummary(options.interface);
    this.#writer = new PcapWriter((chunk) => this.#write(chunk), { interface: options.interface, snapLength });
    this.#ring.start((frame) => this.#add(frame));
  }

  result(): CaptureResult {
    return {
      traffic: this.#summary.traffic,
      counters: { frames: this.#frames, bytes: this.#bytes, drops: this.#ring.statistics().drops },
      unwritten: this.#unwritten,
      ...(this.#fileProblem !== undefined && { fileProblem: this.#fileProblem }),
    };
  }

  async traffic(): Promise<InterfaceTraffic> {
    await this.#ring.drained();
    return this.#summary.traffic;
  }

  stop(): Promise<CaptureResult> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<CaptureResult> {
    await this.#ring.drained();
    this.#ring.dispose();
    const { frames, drops } = this.#ring.statistics();
    this.#writer.finish({ frames, drops, atMs: now() });
    closeSync(this.#file);
    return this.result();
  }

  #filter(keep: number): BpfProgram {
    return tcpPortFilter(this.#options.ports, { families: ['ipv4', 'ipv6'], keep });
  }

  #add(frame: Frame): void {
    const { memory, start, end } = frame;
    if (parseTcp(memory, start, end, this.#segment) && !this.#summary.add(this.#segment)) return;
    this.#frames += 1;
    this.#bytes += frame.originalLength;
    if (this.#fileIsFull) {
      this.#unwritten += 1;
    } else if (this.#writer.lengthWith(end - start) > this.#maxFileBytes) {
      this.#fileIsFull = true;
      this.#unwritten += 1;
      this.#ring.setFilter(this.#filter(SUMMARY_BYTES));
    } else {
      this.#writer.packet(frame);
    }
  }

  /** Synchronously: a disk that is too slow then shows up in the kernel's drop counter instead of in our memory. */
  #write(chunk: Uint8Array): void {
    if (this.#fileProblem !== undefined) return;
    try {
      for (let written = 0; written < chunk.length; ) written += writeSync(this.#file, chunk, written);
    } catch (error) {
      this.#fileProblem = messageOf(error);
      this.#fileIsFull = true;
    }
  }
}
