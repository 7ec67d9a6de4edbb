import { changedAnswerHeaders } from '../../collateral/answer-headers.js';
import { brokenConnections } from '../../collateral/connections.js';
import { brokenText } from '../../collateral/describe.js';
import { milliseconds, quantity, quoted } from '../wording.js';
import { outcomeOf } from './call.js';
import type { Finder } from './clues.js';

/** What the reference agent says of a flush that found something to break. */
const FLUSHED = /^flush: port \d+: (?:conntrack forgot|ss ended) [1-9]/;

/**
 * At its start a redirecting agent breaks the connections that are open to its ports (mirrord 3.250 iptables/src/flush_connections.rs):
 * it has the kernel forget them, and ends the workload's sockets. Who waits on one of them hears of it, or, where
 * an address was translated on the way, nothing at all (mirrord issue #2348).
 */
export const flushed: Finder = (index, { sent, flaws }) => {
  const { session, sessions } = index.evidence;
  const period = sessions.at(-1);
  if (session?.profile !== 'redirect' || period === undefined) return undefined;
  const log = session.log.filter(({ text }) => FLUSHED.test(text));
  if (log.length === 0) return undefined;
  const ofCaller = brokenConnections(index.caller.connections.values(), sessions).filter(({ older }) => older);
  const harmed = flaws.some(({ difference: { between } }) => between === 'answered-received');
  const underWay = sent.filter(({ openedAt }) => openedAt < session.subscribedAt);
  if (!(harmed && underWay.length > 0) && ofCaller.length === 0) return undefined;
  const ofWorkload =
    index.workload === undefined
      ? []
      : brokenConnections(index.workload.connections.values(), sessions).filter(({ older }) => older);
  return {
    cause: 'flushed',
    summary:
      'the mirror broke the connections that were open when its session started, so that callers and sidecars connect anew, through it.',
    proof: [
      ...underWay
        .slice(0, 3)
        .map(
          (exchange) =>
            `caller's journal: the call began ${milliseconds(session.subscribedAt - exchange.openedAt)} before the session was subscribed, and was ${outcomeOf(exchange)}`,
        ),
      ...ofCaller.slice(0, 3).map((each) => `caller's journal: ${brokenText(each)}`),
      ...ofWorkload.slice(0, 3).map((each) => `workload's journal: ${brokenText(each)}`),
      ...log.slice(0, 4).map(({ text }) => `agent's log: ${quoted(text)}`),
    ],
  };
};

/** A call that could not even begin, because the flush had broken the connection that it was to be made on. */
export const flushedBeforeCall: Finder = (index, judgement) => {
  const [call] = judgement.sent;
  const { session } = index.evidence;
  if (call?.reset === undefined || session === undefined) return undefined;
  const openedAt = index.caller.connections.get(call.connection)?.openedAt;
  return openedAt === undefined || openedAt >= session.subscribedAt ? undefined : flushed(index, judgement);
};

/** From 3.248 on a redirecting agent writes its own `Cache-Control` into each answer, so that no cache answers in the workload's place. */
export const headerOverwritten: Finder = (index, { call }) => {
  const { session } = index.evidence;
  if (session?.profile !== 'redirect') return undefined;
  const changes = changedAnswerHeaders(index, call);
  const change = changes.find(({ name }) => name === 'cache-control');
  if (change === undefined) return undefined;
  return {
    cause: 'header-overwritten',
    summary:
      "the mirror's agent writes its own Cache-Control into answers, so that no cache answers in the workload's place.",
    proof: [
      `workload's journal: its answer has ${change.sent === 'none' ? 'no cache-control' : `cache-control: ${change.sent}`}`,
      `caller's journal: the answer has cache-control: ${change.received}`,
      `${quantity(changes.length, 'header')} of the answer differ${changes.length === 1 ? 's' : ''}`,
    ],
  };
};
