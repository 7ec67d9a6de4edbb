import { HttpAnswer } from './answer.js';
import type { CallerJournal } from './caller-journal.js';
import type { CallStart, ConnectionAddresses, Exchange, ProtocolClient, Target } from './exchange.js';
import { Http1Connections } from './http1-connections.js';
import { type Http1Carriage, Http1Exchange } from './http1-exchange.js';

/** Plain HTTP/1.1, with Node's own client. */
export class Http1Client implements ProtocolClient {
  protected readonly connections: Http1Connections;
  protected readonly journal: CallerJournal;

  constructor(target: Target, journal: CallerJournal) {
    this.connections = new Http1Connections(target, journal);
    this.journal = journal;
  }

  get maxConnections(): number {
    return this.connections.maxSockets;
  }

  set maxConnections(count: number) {
    this.connections.maxSockets = count;
  }

  connect(timeoutMs: number): Promise<ConnectionAddresses> {
    return this.connections.openAhead(timeoutMs);
  }

  async start(call: CallStart): Promise<Exchange> {
    return new Http1Exchange(this.connections, this.journal, call, PLAIN);
  }

  close(): Promise<void> {
    return this.connections.close();
  }
}

/** HTTP/1.1 with nothing else in it. */
export const PLAIN: Http1Carriage = {
  protocol: 'HTTP/1.1',
  encode: (message) => message,
  answer: (journal) => new HttpAnswer(journal),
  emptyMessageCounts: false,
};
