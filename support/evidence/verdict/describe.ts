import { isGrpc } from '../../model/protocol.js';
import type { CallVerdict, Cause, Difference, Evidence, Verdict } from '../../model/verdict.js';
import { visibleExcerpt, visibleText } from '../../model/visible-text.js';
import { collateralLines } from '../collateral/describe.js';
import { measureCollateral } from '../collateral/measure.js';
import { indexEvidence } from './evidence-index.js';
import type { Flaw } from './flaw.js';
import { type Judgement, judge } from './judge.js';
import { type DiffLabels, diffPayloads } from './payload-diff.js';
import { operationOf, quantity } from './wording.js';

/** More than this nobody reads in a failed step; the whole evidence is in the report. */
const LINES = 40;
const DIFFERENCES = 8;
const PAYLOAD_DIFFS = 2;

/**
 * What a person reads in a failed step: which call, what was expected of it, what became of it, what was sent against
 * what arrived, why, and where to look next. Plain text of at most 40 lines; text from outside is escaped, and
 * credentials are redacted.
 * @param expected what was expected of the call, for example `to be mirrored`
 */
export function describeVerdict(evidence: Evidence, verdict: CallVerdict, expected = 'to be mirrored'): string {
  const judgement = judge(indexEvidence(evidence), verdict.call);
  const why = explanationLines(verdict);
  const next = `look next at ${whereToLook(evidence, verdict.explanation?.cause, verdict.verdict)}.`;
  const room = LINES - 1 - why.length - 1;
  return [
    headline(verdict, judgement, expected),
    ...abridge([...differenceLines(judgement), ...noticed(evidence, verdict.verdict)], room),
    ...why,
    ...(verdict.verdict === 'mirrored' ? [] : [next]),
  ].join('\n');
}

/** What the real caller and the workload noticed, where that is what went wrong. */
function noticed(evidence: Evidence, verdict: Verdict): readonly string[] {
  if (verdict !== 'collateral') return [];
  const lines = collateralLines(measureCollateral(evidence));
  return lines.length === 0 ? [] : ['what was noticed of mirroring:', ...lines.map((line) => `  ${line}`)];
}

function headline({ call, verdict }: CallVerdict, { sent, mirrored }: Judgement, expected: string): string {
  const exchange = sent[0] ?? mirrored[0];
  const what = exchange === undefined ? '' : ` (${exchange.protocol} ${operationOf(exchange)})`;
  return `call ${visibleExcerpt(call, 16)}${what} was expected ${visibleText(expected)}, ${outcome(verdict, expected)}`;
}

const OUTCOMES: Readonly<Record<Verdict, string>> = {
  mirrored: 'but the local process received exactly what was sent',
  'not-mirrored': 'but nothing of it arrived at the local process',
  duplicated: 'but it, or a part of it, arrived more often than it was sent',
  truncated: 'but only a part of it arrived at the local process',
  corrupted: 'but what arrived at the local process is not what was sent',
  reordered: 'but its messages arrived in another order',
  leaked: 'but it arrived at the local process although the workload was never to get it',
  collateral: 'but the real call was harmed',
};

function outcome(verdict: Verdict, expected: string): string {
  if (verdict === 'not-mirrored' && expected.startsWith('not to be mirrored')) {
    return 'and nothing of it arrived, but not as expected (verdict: not-mirrored).';
  }
  return `${OUTCOMES[verdict]} (verdict: ${verdict}).`;
}

function explanationLines({ explanation }: CallVerdict): string[] {
  if (explanation === undefined) return [];
  return [`why: ${explanation.cause} — ${explanation.summary}`, ...explanation.proof.map((fact) => `  · ${fact}`)];
}

const COMPARISONS: Readonly<Record<Difference['between'], { readonly title: string; readonly labels: DiffLabels }>> = {
  'sent-mirrored': {
    title: 'what the caller sent, and what arrived at the local process:',
    labels: { expected: 'sent', found: 'arrived' },
  },
  'served-mirrored': {
    title: 'what the workload received, and what arrived at the local process:',
    labels: { expected: 'served', found: 'arrived' },
  },
  'sent-served': {
    title: 'what the caller sent, and what the workload received:',
    labels: { expected: 'sent', found: 'served' },
  },
  'answered-received': {
    title: 'what the workload answered, and what the caller got of it:',
    labels: { expected: 'answered', found: 'received' },
  },
};

function differenceLines({ flaws, sent }: Judgement): string[] {
  // That nothing arrived is in the headline already.
  const told = flaws.filter(({ defect, difference }) => defect !== 'absent' || difference.between !== 'sent-mirrored');
  const grpc = sent.some(({ protocol }) => isGrpc(protocol));
  const lines: string[] = [];
  let diffs = 0;
  let shown = 0;
  for (const [between, { title, labels }] of Object.entries(COMPARISONS) as [
    Difference['between'],
    (typeof COMPARISONS)[Difference['between']],
  ][]) {
    const here = told.filter(({ difference }) => difference.between === between);
    if (here.length === 0 || shown === DIFFERENCES) continue;
    lines.push(title);
    for (const each of here.slice(0, DIFFERENCES - shown)) {
      shown++;
      if (each.payload === undefined || diffs === PAYLOAD_DIFFS) {
        lines.push(`  ${differenceLine(each, labels)}`);
        continue;
      }
      diffs++;
      const { expected, found, unfinished } = each.payload;
      const sizes = `${labels.expected} ${quantity(expected.length, 'byte')}, ${labels.found} ${quantity(found.length, 'byte')}`;
      lines.push(`  ${each.difference.what}: ${sizes}${unfinished ? ', unfinished' : ''}`);
      lines.push(...diffPayloads(expected, found, labels, grpc).map((line) => `    ${line}`));
    }
  }
  if (told.length > shown) lines.push(`  … and ${quantity(told.length - shown, 'more difference')}`);
  return lines;
}

function differenceLine({ difference: { what, expected, found } }: Flaw, labels: DiffLabels): string {
  return `${what}: ${labels.expected} ${expected}, ${labels.found} ${found}`;
}

function abridge(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  const kept = Math.max(0, room - 1);
  return [...lines.slice(0, kept), `  … ${quantity(lines.length - kept, 'more line')}; all of it is in the report`];
}

/** Where a reader finds out more. */
function whereToLook({ session }: Evidence, cause: Cause | undefined, verdict: Verdict): string {
  const capture =
    session?.profile === 'sniffer'
      ? `the packet capture of ${visibleText(session.listenInterface ?? '?')}`
      : 'the packet captures';
  switch (cause) {
    case 'encrypted-application':
    case 'encrypted-interface':
    case 'no-traffic-on-interface':
    case 'capture-dropped':
      return capture;
    case 'segment-retransmitted':
      return `${capture} (Wireshark: tcp.analysis.retransmission, tcp.analysis.out_of_order)`;
    case 'request-not-at-packet-start':
      return `${capture}: how the request is cut into packets`;
    case 'ipv6-not-captured':
      return `${capture}: it has the call, which the mirror's agent does not look at`;
    case 'source-replaced':
      return "the connections in the caller's and the local process's journals";
    case 'server-first':
      return 'the times at which caller and workload opened their connections';
    case 'connection-per-request':
      return "the connections in the caller's and the workload's journals";
    case 'flushed':
      return "the connections in the caller's and the workload's journals, and the agent's log";
    case 'header-overwritten':
      return "the headers of the answer in the caller's and the workload's journals";
    case 'connection-predates-session':
      return `${capture}: it has no start of the connection; a caller that connects after the session began should be mirrored`;
    case 'port-not-subscribed':
      return 'the ports of the mirror session, and the port of the call';
    case 'filter-excluded':
      return "the filter of the mirror session, and the agent's log";
    case 'flow-control-exceeded':
      return 'the HTTP/2 window sizes (SETTINGS, WINDOW_UPDATE) of the workload and of the local process';
    case 'agent-lagged':
      return "the agent's log, and how many calls were in flight at once";
    case 'local-process-down':
    case 'local-process-hung-up':
    case 'replay-retried':
      return 'the log of the local process';
    case 'call-not-delivered':
    case 'call-failed':
      return "the caller's journal, and the mesh's policy for this call";
    case 'replay-not-broken-off':
      return "the end of the call in the caller's and in the local process's journal";
    case 'local-process-answered-early':
      return 'what the local process answers, and how soon';
    case 'upgrade-not-agreed':
      return 'the log of the local process, and when it answers the offer to change the protocol';
    case 'undecodable':
      return `the local process's journal, and ${capture}`;
    case 'unknown':
    case undefined:
      return verdict === 'collateral'
        ? "the caller's and the workload's journal, side by side"
        : `the agent's log, the local process's journal, and ${capture}`;
  }
}
