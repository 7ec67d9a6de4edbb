import type { TestContext } from 'node:test';
import type { Header, JournalRecord } from '../../../model/journal.js';
import { type EchoServer, startEcho } from '../echo-server.js';

/** An echo workload on free loopback ports, with its journal; ended after the test. */
export async function testEcho(t: TestContext): Promise<EchoServer & { readonly journal: JournalRecord[] }> {
  const journal: JournalRecord[] = [];
  const options = { listenHost: '127.0.0.1', httpPort: 0, grpcPort: 0, tcpPort: 0 };
  const server = await startEcho(options, (record) => journal.push(record));
  t.after(() => server.dispose());
  return { ...server, journal };
}

/** The journal in short, one line a record: what was seen, without times, addresses and digests. */
export function outline(journal: readonly JournalRecord[]): string[] {
  return journal.map((record) => {
    switch (record.kind) {
      case 'request':
        return `request ${record.protocol} ${record.method} ${record.path}`;
      case 'response':
        return `response ${record.status}`;
      case 'message':
      case 'partial-message':
        return `${record.direction} ${record.kind} ${record.index}: ${record.body.length} bytes`;
      case 'trailers':
        return `${record.direction} trailers ${headerText(record.headers)}`;
      case 'end':
        return `${record.direction} end`;
      case 'reset':
        return `reset ${record.code}`;
      case 'connection-closed':
        return `connection-closed ${record.how}`;
      default:
        return record.kind;
    }
  });
}

export function headerText(headers: readonly Header[]): string {
  return headers.map(([name, value]) => `${name}=${value}`).join(' ');
}

/** Waits until the journal has what is looked for: records of a connection's end follow the client's by a moment. */
export async function until(journal: readonly JournalRecord[], line: string): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!outline(journal).includes(line)) {
    if (Date.now() > deadline) throw new Error(`no "${line}" in:\n${outline(journal).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
