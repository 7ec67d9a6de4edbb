import type { Evidence, Explanation, Verdict } from '../../model/verdict.js';
import { callFailed, callNotDelivered } from './causes/call.js';
import type { Finder } from './causes/clues.js';
import { flushed, flushedBeforeCall, headerOverwritten } from './causes/collateral.js';
import {
  connectionPredatesSession,
  flowControlExceeded,
  requestNotAtPacketStart,
  undecodable,
} from './causes/connection.js';
import { localProcessAnsweredEarly } from './causes/early-answer.js';
import {
  encryptedApplication,
  encryptedInterface,
  ipv6NotCaptured,
  noTrafficOnInterface,
  portNotSubscribed,
} from './causes/interface.js';
import {
  agentLagged,
  captureDropped,
  filterExcluded,
  filterWantsHttp,
  localProcessDown,
  segmentRetransmitted,
} from './causes/session.js';
import { localProcessHungUp, replayNotBrokenOff, replayRetried } from './causes/stream.js';
import { unknownCause } from './causes/unknown.js';
import { upgradeNotAgreed } from './causes/upgrade.js';
import { type EvidenceIndex, indexEvidence } from './evidence-index.js';
import { type Judgement, judge } from './judge.js';

/**
 * Which causes can lead to a verdict. The first one that the evidence proves is given, so the order is: what makes any
 * copy impossible (no call, no subscription, no receiver), then where the mirror looked, then the captured connection,
 * then what was lost on the way (the agent's queues before the kernel's ring, both before bytes that cannot be read,
 * which is what losses lead to), then the failure of the call itself.
 */
const CAUSES_OF: Readonly<Record<Exclude<Verdict, 'mirrored'>, readonly Finder[]>> = {
  'not-mirrored': [
    flushedBeforeCall,
    callNotDelivered,
    portNotSubscribed,
    localProcessDown,
    filterWantsHttp,
    filterExcluded,
    ipv6NotCaptured,
    encryptedApplication,
    encryptedInterface,
    noTrafficOnInterface,
    connectionPredatesSession,
    flowControlExceeded,
    agentLagged,
    captureDropped,
    undecodable,
    requestNotAtPacketStart,
    callFailed,
  ],
  truncated: [
    replayNotBrokenOff,
    connectionPredatesSession,
    flowControlExceeded,
    upgradeNotAgreed,
    localProcessAnsweredEarly,
    agentLagged,
    captureDropped,
    segmentRetransmitted,
    undecodable,
    localProcessDown,
    localProcessHungUp,
    callFailed,
  ],
  corrupted: [replayNotBrokenOff, agentLagged, captureDropped, segmentRetransmitted, undecodable],
  reordered: [segmentRetransmitted],
  duplicated: [replayRetried, segmentRetransmitted],
  leaked: [callNotDelivered],
  collateral: [flushed, callNotDelivered, callFailed, headerOverwritten],
};

/** Why a call's verdict is not `mirrored`; `undefined` if it is. */
export function explain(evidence: Evidence, call: string): Explanation | undefined {
  const index = indexEvidence(evidence);
  return explainJudgement(index, judge(index, call));
}

/** {@link explain} for a call that has been judged. */
export function explainJudgement(index: EvidenceIndex, judgement: Judgement): Explanation | undefined {
  if (judgement.verdict === 'mirrored') return undefined;
  for (const find of CAUSES_OF[judgement.verdict]) {
    const explanation = find(index, judgement);
    if (explanation !== undefined) return explanation;
  }
  return unknownCause(index, judgement);
}
