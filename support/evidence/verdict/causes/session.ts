import type { EvidenceIndex } from '../evidence-index.js';
import type { Judgement } from '../judge.js';
import { quantity, quoted } from '../wording.js';
import { cluesOf, type Finder } from './clues.js';

/** Nothing accepts connections where the copy is to be delivered. */
export const localProcessDown: Finder = (index, { sent }) => {
  const since = sent[0]?.openedAt ?? 0;
  const refused = cluesOf(index).log.refused.filter(({ at }) => at >= since);
  const listens = index.evidence.session?.proofOfLife?.localProcessListens;
  if (listens !== false && refused.length === 0) return undefined;
  return {
    cause: 'local-process-down',
    summary: 'the local process was not there to receive the copy.',
    proof: [
      ...(listens === false ? ['session: the local process does not accept connections on its port'] : []),
      ...refused.slice(-2).map(({ text }) => `agent's log: ${quoted(text)}`),
    ],
  };
};

/**
 * With a filter HTTP requests are mirrored, and nothing else: raw TCP has none, nor has TLS that the workload ends itself (mirrord 3.250
 * agent/src/mirror.rs:96).
 */
export const filterWantsHttp: Finder = (index, { sent }) => {
  const [call] = sent;
  if (index.evidence.session?.filtered !== true || call === undefined) return undefined;
  const tls = index.caller.connections.get(call.connection)?.tls === true;
  if (call.protocol !== 'TCP' && !tls) return undefined;
  return {
    cause: 'filter-excluded',
    summary:
      'the session has an HTTP filter; what is no HTTP for the agent has no requests that could match it, and is passed on only.',
    proof: [
      'session: with a filter',
      tls
        ? "caller's journal: it spoke TLS, which the workload ends itself"
        : "caller's journal: it spoke TCP without HTTP",
    ],
  };
};

/** A filter of the session left the call out, and the agent's log says so of this call or its path. */
export const filterExcluded: Finder = (index, { call, sent }) => {
  const path = sent[0]?.path;
  const lines = cluesOf(index).log.filtered.filter(
    ({ text }) => text.includes(call) || (path !== undefined && path !== '/' && text.includes(path)),
  );
  if (lines.length === 0) return undefined;
  return {
    cause: 'filter-excluded',
    summary: "the session's filter does not let this call through.",
    proof: lines.slice(-2).map(({ text }) => `agent's log: ${quoted(text)}`),
  };
};

/** The agent gave connections up because a queue was full: it never waits, or it would slow the real traffic down. */
export const agentLagged: Finder = (index, judgement) => {
  const { lagged } = cluesOf(index).log;
  const { counters } = index.evidence.session ?? {};
  const givenUp = counters?.lagged ?? 0;
  if (givenUp === 0 && lagged.length === 0) return undefined;
  return {
    cause: 'agent-lagged',
    summary: `the mirror's agent could not keep up and gave connections up${alsoSentAgain(index, judgement)}.`,
    proof: [
      ...(givenUp > 0 ? [`session: ${quantity(givenUp, 'connection')} given up because a queue was full`] : []),
      ...lagged.slice(-2).map(({ text }) => `agent's log: ${quoted(text)}`),
      ...droppedLine(counters?.drops ?? 0, counters?.frames ?? 0),
      ...sentAgainLine(index, judgement),
    ],
  };
};

/** The kernel dropped frames before the agent could read them. */
export const captureDropped: Finder = (index, judgement) => {
  const { drops = 0, frames = 0 } = index.evidence.session?.counters ?? {};
  if (drops === 0) return undefined;
  return {
    cause: 'capture-dropped',
    summary: `the kernel dropped frames because the capture's ring was full: the copy has holes${alsoSentAgain(index, judgement)}.`,
    proof: [...droppedLine(drops, frames), ...sentAgainLine(index, judgement)],
  };
};

/** A sniffer follows no sequence numbers: what comes twice or out of order is mirrored so (mirrord ≤ 3.180 sniffer.rs:376). */
export const segmentRetransmitted: Finder = (index) => {
  const proof = sentAgain(index);
  if (proof === undefined) return undefined;
  return {
    cause: 'segment-retransmitted',
    summary:
      'segments came again or out of order, and a sniffer, which follows no sequence numbers, mirrors them as they come.',
    proof: [proof],
  };
};

/** Segments that were sent again, or overtaken by later ones, on the interface that a sniffer listened on. */
function sentAgain(index: EvidenceIndex): string | undefined {
  const { listened } = cluesOf(index);
  if (index.evidence.session?.profile !== 'sniffer' || listened === undefined || listened.retransmissions === 0) {
    return undefined;
  }
  return `${listened.interface}: ${quantity(listened.retransmissions, 'segment')} sent again or overtaken`;
}

/** A copy that came, but not as it should, may have lost bytes and have others twice: which of both it was cannot be told. */
function sentAgainLine(index: EvidenceIndex, { verdict }: Judgement): string[] {
  const line = verdict === 'truncated' || verdict === 'corrupted' ? sentAgain(index) : undefined;
  return line === undefined ? [] : [line];
}

function alsoSentAgain(index: EvidenceIndex, judgement: Judgement): string {
  const also = '; besides, segments came again or out of order, which a sniffer mirrors as they come';
  return sentAgainLine(index, judgement).length === 0 ? '' : also;
}

function droppedLine(drops: number, frames: number): string[] {
  return drops === 0 ? [] : [`session: ${quantity(drops, 'frame')} dropped, ${quantity(frames, 'frame')} captured`];
}
