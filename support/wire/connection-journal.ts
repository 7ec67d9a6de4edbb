import { type Bytes, BytesDigest } from '../model/bytes.js';
import type { JournalRecord, RawRecord, TlsClientHello } from '../model/journal.js';

/** What a record says beside when and on which connection. */
export type Unstamped = JournalRecord extends infer Each
  ? Each extends JournalRecord
    ? Omit<Each, 'at' | 'connection'>
    : never
  : never;

export type RawReason = RawRecord['reason'];

/** Writes the records of one connection, and collects its undecoded bytes: one record for each reason. */
export class ConnectionJournal {
  readonly nextExchange: () => number;
  readonly #connection: number;
  readonly #journal: (record: JournalRecord) => void;
  readonly #now: () => number;
  readonly #undecoded = new Map<RawReason, { readonly digest: BytesDigest; readonly detail: string | undefined }>();

  constructor(options: {
    readonly connection: number;
    readonly nextExchange: () => number;
    readonly journal: (record: JournalRecord) => void;
    readonly now: () => number;
  }) {
    this.nextExchange = options.nextExchange;
    this.#connection = options.connection;
    this.#journal = options.journal;
    this.#now = options.now;
  }

  write(record: Unstamped): void {
    this.#journal({ at: this.#now(), connection: this.#connection, ...record } as JournalRecord);
  }

  /** Adds bytes to the raw record of a reason. The first detail of a reason stays. */
  undecoded(reason: RawReason, data: Uint8Array, detail?: string): void {
    let raw = this.#undecoded.get(reason);
    if (raw === undefined) {
      raw = { digest: new BytesDigest(), detail };
      this.#undecoded.set(reason, raw);
    }
    raw.digest.update(data);
  }

  /** Writes the raw records, in the order in which their first bytes came. */
  writeUndecoded(): void {
    for (const [reason, { digest, detail }] of this.#undecoded) {
      this.writeRaw({ reason, body: digest.finish(), ...(detail === undefined ? {} : { detail }) });
    }
    this.#undecoded.clear();
  }

  writeRaw(raw: {
    readonly reason: RawReason;
    readonly body: Bytes;
    readonly detail?: string;
    readonly tls?: TlsClientHello;
  }): void {
    this.write({ kind: 'raw', ...raw });
  }
}
