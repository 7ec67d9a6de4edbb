import type { Exchange } from '../../../model/exchanges.js';
import type { RawRecord } from '../../../model/journal.js';
import { httpVersionOf } from '../../../model/protocol.js';
import type { SessionReport } from '../../../model/session.js';
import { visibleText } from '../../../model/visible-text.js';
import type { EvidenceIndex } from '../evidence-index.js';
import type { Judgement } from '../judge.js';
import { milliseconds, quantity, quoted } from '../wording.js';
import { cluesOf, type Finder } from './clues.js';

/**
 * The captured connection is older than the session. A sniffer cannot join HTTP/2 in the middle: preface and header
 * compression state have passed (mirrord issues #3002, #3060); HTTP/1.1 it picks up at the next request, bytes that are no HTTP never. The redirect
 * profile sees new connections only, whatever they carry (mirrord issues #397, #1029).
 */
export const connectionPredatesSession: Finder = (index, judgement) => {
  const { session } = index.evidence;
  if (session === undefined) return undefined;
  const call = judgement.sent[0];
  if (call !== undefined && call.openedAt < session.subscribedAt) {
    return {
      cause: 'connection-predates-session',
      summary: 'the call began before the mirror session was subscribed.',
      proof: [`caller's journal: the call began ${milliseconds(session.subscribedAt - call.openedAt)} before that`],
    };
  }
  const exchange = judgement.served?.[0] ?? call;
  const tcp = exchange?.protocol === 'TCP';
  const http2 = exchange !== undefined && httpVersionOf(exchange.protocol) === '2';
  if (session.profile === 'sniffer' && !http2 && !tcp) return undefined;
  const captured = capturedConnection(index, judgement, session);
  const raw = cluesOf(index).missingPreface;
  if (captured === undefined ? raw.length === 0 : captured.openedAt >= session.subscribedAt) return undefined;
  const proof: string[] = [];
  if (captured !== undefined) {
    const age = milliseconds(session.subscribedAt - captured.openedAt);
    proof.push(
      `${captured.party}'s journal: its connection ${captured.number} was opened ${age} before the session was subscribed`,
    );
  }
  if (raw.length > 0) {
    proof.push(
      `the local process received ${quantity(raw.length, 'connection')} that ${raw.length === 1 ? 'joins' : 'join'} HTTP/2 in the middle, without its preface`,
    );
  }
  return {
    cause: 'connection-predates-session',
    summary:
      session.profile === 'sniffer'
        ? tcp
          ? 'the call travelled on a connection that was opened before the session; a sniffer takes up such a connection only where an HTTP request begins.'
          : 'the call travelled on an HTTP/2 connection that was opened before the session; such a connection cannot be read from its middle.'
        : 'the call travelled on a connection that was opened before the session; only new connections are redirected to the agent.',
    proof,
  };
};

/**
 * A sniffer takes up a connection that is older than the session at the first packet which begins with a request line, read to its
 * end (mirrord ≤ 3.180 agent/src/http.rs). A request whose first line is cut in two, or that begins in the middle of a packet, is not
 * seen.
 */
export const requestNotAtPacketStart: Finder = (index, judgement) => {
  const { session } = index.evidence;
  if (session?.profile !== 'sniffer' || judgement.sent[0]?.protocol === 'TCP') return undefined;
  const captured = capturedConnection(index, judgement, session);
  if (captured === undefined || captured.openedAt >= session.subscribedAt) return undefined;
  const [exchange] = judgement.sent;
  const requestLine = `${exchange?.method ?? ''} ${exchange?.path ?? ''} HTTP/1.1`;
  const age = milliseconds(session.subscribedAt - captured.openedAt);
  return {
    cause: 'request-not-at-packet-start',
    summary:
      'the call travelled on a connection that was opened before the session, and no packet began with its whole request line; a sniffer takes up such a connection nowhere else.',
    proof: [
      `${captured.party}'s journal: its connection ${captured.number} was opened ${age} before the session was subscribed`,
      `the request line has ${quantity(Buffer.byteLength(requestLine), 'byte')}`,
    ],
  };
};

/**
 * The connection that the mirror had to see. On a mesh, `lo` and the redirect rules see the hop from the sidecar to the
 * workload; another interface sees what the caller sent, as far as it is in the clear.
 */
function capturedConnection(index: EvidenceIndex, { sent, served }: Judgement, session: SessionReport) {
  const callers = openedAt('caller', index.caller, sent[0]);
  const workloads = index.workload === undefined ? undefined : openedAt('workload', index.workload, served?.[0]);
  const behindSidecar = session.profile === 'redirect' || session.listenInterface === 'lo';
  return behindSidecar ? (workloads ?? callers) : (callers ?? workloads);
}

function openedAt(party: string, { connections }: EvidenceIndex['caller'], exchange: Exchange | undefined) {
  if (exchange === undefined) return undefined;
  const opened = connections.get(exchange.connection)?.openedAt;
  return opened === undefined ? undefined : { party, number: exchange.connection, openedAt: opened };
}

/**
 * The local process refused the copy for breaking HTTP/2's flow control: the real client obeys the workload's windows,
 * which may be larger than those that the local process granted.
 */
export const flowControlExceeded: Finder = (index, judgement) => {
  const { flowControl, log } = cluesOf(index);
  const connections = connectionsOfCopy(judgement);
  const violations = [...flowControl].filter(([number]) => connections === undefined || connections.has(number));
  if (violations.length === 0 && log.flowControl.length === 0) return undefined;
  return {
    cause: 'flow-control-exceeded',
    summary:
      "the caller sent as much at once as the workload's HTTP/2 windows allow, and the local process had granted less; it refused the copy.",
    proof: [
      ...violations
        .slice(0, 3)
        .map(([number, text]) => `local process's journal: connection ${number} ended with ${quoted(text)}`),
      ...log.flowControl.slice(-2).map(({ text }) => `log: ${quoted(text)}`),
    ],
  };
};

const REASONS: Readonly<Partial<Record<RawRecord['reason'], string>>> = {
  'hpack-state-missing': 'HTTP/2 headers that refer to a compression state which was never seen',
  malformed: 'bytes that break the rules of HTTP',
  'no-http': 'bytes that are no HTTP',
};

/** Bytes arrived, but they could not be read. */
export const undecodable: Finder = (index, judgement) => {
  const connections = connectionsOfCopy(judgement);
  const raw = cluesOf(index).undecodable.filter(({ connection }) => connections?.has(connection) ?? true);
  if (raw.length === 0) return undefined;
  return {
    cause: 'undecodable',
    summary: 'bytes arrived at the local process that could not be read as the call.',
    proof: [
      ...raw.slice(0, 3).map(({ connection, reason, body, detail }) => {
        const more = detail === undefined ? '' : `: ${visibleText(detail)}`;
        return `local process's journal: connection ${connection} has ${REASONS[reason] ?? reason} (${quantity(body.length, 'byte')})${more}`;
      }),
      ...(raw.length > 3 ? [`${quantity(raw.length - 3, 'more such connection')}`] : []),
    ],
  };
};

/** Where a part of the call arrived, only its own connections say why the rest did not. */
function connectionsOfCopy({ mirrored }: Judgement): ReadonlySet<number> | undefined {
  return mirrored.length === 0 ? undefined : new Set(mirrored.map(({ connection }) => connection));
}
