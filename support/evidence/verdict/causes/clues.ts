import type { RawRecord, TlsClientHello } from '../../../model/journal.js';
import type { LogLine } from '../../../model/session.js';
import type { Explanation, InterfaceTraffic } from '../../../model/verdict.js';
import type { EvidenceIndex } from '../evidence-index.js';
import type { Judgement } from '../judge.js';

/** Looks for one cause of one verdict. */
export type Finder = (index: EvidenceIndex, judgement: Judgement) => Explanation | undefined;

/** What hints at a cause and does not depend on the call; collected once for all calls. */
export interface Clues {
  /** The listen interface's traffic, where it was counted. */
  readonly listened: InterfaceTraffic | undefined;
  /** Other interfaces that carried requests in the clear; `lo` first, then by number of requests. */
  readonly inTheClearElsewhere: readonly InterfaceTraffic[];
  /** Connections of the local process that carried TLS. */
  readonly tls: readonly RawRecord[];
  readonly clientHello: TlsClientHello | undefined;
  /** Connections that join HTTP/2 in the middle. */
  readonly missingPreface: readonly RawRecord[];
  /** Connections whose bytes could not be read for another reason. */
  readonly undecodable: readonly RawRecord[];
  /** Connections of the local process that ended for a violation of HTTP/2's flow control, and how that was worded. */
  readonly flowControl: ReadonlyMap<number, string>;
  readonly log: {
    readonly flowControl: readonly LogLine[];
    readonly lagged: readonly LogLine[];
    readonly filtered: readonly LogLine[];
    readonly refused: readonly LogLine[];
    readonly warnings: readonly LogLine[];
  };
}

const FLOW_CONTROL = /flow[ _-]?control/i;
/**
 * mirrord's agent: "failed to process on time", "broadcast receiver lagged behind", "traffic channel is full"; the
 * reference agent: "too many packets of … wait", "too many new connections wait".
 */
const LAGGED =
  /\blag(ged|s|ging)\b|failed to process on time|(queue|channel) (is|was) full|too many (packets|new connections)/i;
const FILTERED = /filter.*(exclud|not match|no match|skip)|(exclud|not match|no match|skip).*filter/i;
const REFUSED = /(local (process|port|app\w*)).*(refused|unreachable|is gone|has ended|exited)|ECONNREFUSED/i;

const cache = new WeakMap<EvidenceIndex, Clues>();

export function cluesOf(index: EvidenceIndex): Clues {
  const known = cache.get(index);
  if (known !== undefined) return known;
  const clues = collect(index);
  cache.set(index, clues);
  return clues;
}

function collect({ evidence, localProcess, logs }: EvidenceIndex): Clues {
  const listenInterface = evidence.session?.listenInterface;
  const tls = localProcess.raw.filter((raw) => raw.reason === 'tls' || raw.tls !== undefined);
  // The agent's own log only: a refused connection of another part has nothing to do with the local process.
  const agentLog = evidence.session?.log ?? [];
  const logged = (pattern: RegExp): readonly LogLine[] => agentLog.filter(({ text }) => pattern.test(text));
  return {
    listened: evidence.interfaces.find((traffic) => traffic.interface === listenInterface),
    inTheClearElsewhere: evidence.interfaces
      .filter((traffic) => traffic.interface !== listenInterface && traffic.plaintextRequests > 0)
      .sort(
        (a, b) =>
          Number(b.interface === 'lo') - Number(a.interface === 'lo') || b.plaintextRequests - a.plaintextRequests,
      ),
    tls: onePerConnection(tls),
    clientHello: tls.find((raw) => raw.tls !== undefined)?.tls,
    missingPreface: onePerConnection(localProcess.raw.filter(({ reason }) => reason === 'missing-preface')),
    undecodable: localProcess.raw.filter(
      ({ reason, tls }) =>
        tls === undefined && (reason === 'hpack-state-missing' || reason === 'malformed' || reason === 'no-http'),
    ),
    flowControl: flowControlViolations(localProcess),
    log: {
      flowControl: logs.filter(({ text }) => FLOW_CONTROL.test(text)),
      lagged: logged(LAGGED),
      filtered: logged(FILTERED),
      refused: logged(REFUSED),
      warnings: logs.filter(({ level }) => level === 'warn' || level === 'error'),
    },
  };
}

/** A connection may have several records, one for each cause. */
function onePerConnection(raw: readonly RawRecord[]): readonly RawRecord[] {
  return [...new Map(raw.map((record) => [record.connection, record])).values()];
}

function flowControlViolations({ connections, exchanges }: EvidenceIndex['localProcess']): ReadonlyMap<number, string> {
  const violations = new Map<number, string>();
  for (const { number, closed, raw } of connections.values()) {
    const detail = [closed?.detail, ...raw.map((record) => record.detail)].find(
      (text) => text !== undefined && FLOW_CONTROL.test(text),
    );
    if (detail !== undefined) violations.set(number, detail);
  }
  for (const { connection, reset } of exchanges) {
    const text = [reset?.code, reset?.detail].find((part) => part !== undefined && FLOW_CONTROL.test(part));
    if (text !== undefined) violations.set(connection, text);
  }
  return violations;
}
