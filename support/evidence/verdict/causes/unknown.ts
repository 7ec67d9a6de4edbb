import type { SessionReport } from '../../../model/session.js';
import type { Explanation } from '../../../model/verdict.js';
import { visibleText } from '../../../model/visible-text.js';
import type { EvidenceIndex } from '../evidence-index.js';
import type { Judgement } from '../judge.js';
import { missingProof } from '../proof-of-life.js';
import { figure, milliseconds, quantity, quoted, times } from '../wording.js';
import { outcomeOf, servingOf } from './call.js';
import { cluesOf } from './clues.js';

/** No cause was found: says so, and tells what is known. */
export function unknownCause(index: EvidenceIndex, judgement: Judgement): Explanation {
  return {
    cause: 'unknown',
    summary: 'no cause was found in the evidence. What is known:',
    proof: [
      ...partyLines(index, judgement),
      ...repetitionLines(judgement),
      ...sessionLines(index, judgement),
      ...index.evidence.interfaces.map(
        (traffic) =>
          `${visibleText(traffic.interface)}: ${quantity(traffic.packets, 'packet')}, ${quantity(traffic.tlsRecords, 'TLS record')}, ${quantity(traffic.plaintextRequests, 'plaintext request')}`,
      ),
      ...cluesOf(index)
        .log.warnings.slice(-3)
        .map(({ level, text }) => `log (${level}): ${quoted(text)}`),
    ],
  };
}

function partyLines({ localProcess }: EvidenceIndex, { sent, served, mirrored }: Judgement): string[] {
  const others = localProcess.exchanges.length - mirrored.length;
  const besides = [
    ...(others > 0 ? [quantity(others, 'other request')] : []),
    ...(localProcess.withoutCall.length > 0
      ? [`${figure(localProcess.withoutCall.length)} of them without a call id`]
      : []),
    ...(localProcess.raw.length > 0
      ? [`${quantity(localProcess.raw.length, 'connection')} that could not be read`]
      : []),
  ];
  return [
    ...sent.slice(0, 1).map((exchange) => `caller's journal: ${outcomeOf(exchange)}`),
    ...(served === undefined ? ['the workload keeps no journal'] : []),
    ...(served ?? []).slice(0, 2).map((exchange) => `workload's journal: ${servingOf(exchange)}`),
    `local process's journal: the call ${mirrored.length === 0 ? 'is not in it' : `is in it ${times(mirrored.length)}`}${besides.length === 0 ? '' : `; ${besides.join(', ')}`}`,
  ];
}

/** A call that the workload, too, received more than once was repeated before the mirror, for example by a mesh's retry. */
function repetitionLines({ sent, served, mirrored }: Judgement): string[] {
  if (served === undefined || served.length <= sent.length) return [];
  const same = mirrored.length === served.length ? ', as did the local process' : '';
  return [
    `the workload received it ${times(served.length)}${same}: something in front of it repeats calls, for example a retry of the mesh`,
  ];
}

function sessionLines({ evidence }: EvidenceIndex, { sent }: Judgement): string[] {
  const { session } = evidence;
  if (session === undefined) return ['there is no report of a mirror session'];
  const { counters } = session;
  return [
    `session: ${placeOf(session)}, ports ${session.ports.join(', ')}${sinceOf(session, sent[0]?.openedAt)}`,
    `session: ${quantity(counters.frames, 'frame')} captured, ${figure(counters.drops)} dropped; ${quantity(counters.connections, 'connection')} with ${quantity(counters.forwardedBytes, 'byte')} forwarded, ${figure(counters.lagged)} given up`,
    ...(session.proofOfLife === undefined ? [] : missingProof(evidence).map((fact) => `session: ${fact}`)),
  ];
}

function placeOf({ profile, listenInterface = '?' }: SessionReport): string {
  return profile === 'sniffer' ? `sniffer on ${visibleText(listenInterface)}` : 'redirect';
}

function sinceOf({ subscribedAt }: SessionReport, callAt: number | undefined): string {
  if (callAt === undefined || callAt < subscribedAt) return '';
  return `, subscribed ${milliseconds(callAt - subscribedAt)} before the call`;
}
