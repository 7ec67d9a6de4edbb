import type { CallRecord, Coordinates, FlowItem, ScenarioRecord } from '../../model/scenario-record.js';
import { type Lifelines, lifelinesOf } from './lifelines.js';
import { Scroll } from './scroll.js';
import { bytesText, plural, shown } from './shown.js';

const HEAD = 46;
const ROW = 40;
/** The copy's arrow runs so much below that of the call. */
const COPY = 13;
const LABEL = 58;
/** More rows than this say nothing that the table does not say better. */
const ROWS = 24;

interface Situation extends Pick<ScenarioRecord, 'sidecars' | 'session' | 'unreadable'> {
  readonly call: CallRecord;
  readonly cell: Coordinates | undefined;
  readonly id: string;
}

/** Who sent what to whom, and what was copied, as a drawing. The table beside it says the same in words. */
export function SequenceDiagram({ call, cell, id, ...situation }: Situation) {
  const items = call.flow?.items ?? [];
  const lines = lifelinesOf(situation, cell);
  const rows = items.slice(0, ROWS);
  const unreadable = rows.some(({ seen }) => seen['local-process'] !== undefined)
    ? []
    : situation.unreadable.slice(0, 2);
  const height = HEAD + ROW * (rows.length + unreadable.length) + 22;
  const workloadIsWatched = items.some(({ seen }) => seen.workload !== undefined);
  return (
    <Scroll kind="diagram" label="Sequence diagram">
      <svg
        viewBox={`0 0 ${lines.width} ${height}`}
        width={lines.width}
        height={height}
        role="img"
        aria-labelledby={`${id}-t ${id}-d`}
      >
        <title id={`${id}-t`}>
          {call.protocol} call, {call.interaction}
        </title>
        <desc id={`${id}-d`}>{description(call, lines)}</desc>
        <Heads lines={lines} height={height} />
        {rows.map((item, row) => (
          <Row item={item} lines={lines} y={HEAD + ROW * row + 24} watched={workloadIsWatched} call={call} />
        ))}
        {unreadable.map(({ text, bytes }, row) => (
          <Unreadable text={`${text} (${bytesText(bytes)})`} lines={lines} y={HEAD + ROW * (rows.length + row) + 24} />
        ))}
      </svg>
      {items.length > rows.length || (call.flow?.cut ?? 0) > 0 ? (
        <p class="muted">
          … and {plural(items.length - rows.length + (call.flow?.cut ?? 0), 'more item')}; all of them are in the
          journals below.
        </p>
      ) : null}
    </Scroll>
  );
}

function Heads({ lines, height }: { readonly lines: Lifelines; readonly height: number }) {
  const { columns, encrypted } = lines;
  return (
    <>
      {encrypted === undefined ? null : (
        <>
          <rect class="tls" x={encrypted[0]} y={HEAD - 6} width={encrypted[1] - encrypted[0]} height={height - HEAD} />
          <text class="tlst" x={(encrypted[0] + encrypted[1]) / 2} y={height - 8}>
            mutual TLS
          </text>
        </>
      )}
      {columns.map(({ label, x, part }) => (
        <>
          <path class="life" d={`M${x} ${HEAD - 6}V${height - 6}`} />
          <rect class={`part ${part}`} x={x - 54} y="2" width="108" height="36" rx="6" />
          <text class="name" x={x} y="17">
            {label[0]}
          </text>
          <text class="note" x={x} y="31">
            {label[1]}
          </text>
        </>
      ))}
    </>
  );
}

interface RowProperties {
  readonly item: FlowItem;
  readonly lines: Lifelines;
  readonly y: number;
  readonly watched: boolean;
  readonly call: CallRecord;
}

function Row({ item, lines, y, watched, call }: RowProperties) {
  const { seen } = item;
  const onTheWire = seen.caller !== undefined || seen.workload !== undefined;
  return (
    <>
      {onTheWire ? <Passage item={item} lines={lines} y={y} watched={watched} /> : null}
      {item.direction === 'request' || seen['local-process'] !== undefined ? (
        <Copy item={item} lines={lines} y={onTheWire ? y + COPY : y} call={call} />
      ) : null}
    </>
  );
}

/** From the caller to the workload, or back: as far as it is known to have come. */
function Passage({ item, lines, y, watched }: Omit<RowProperties, 'call'>) {
  const { seen, direction, kind } = item;
  const [from, to] =
    direction === 'request'
      ? [lines.xOf('caller'), lines.xOf('workload')]
      : [lines.xOf('workload'), lines.xOf('caller')];
  const [sender, receiver] = direction === 'request' ? [seen.caller, seen.workload] : [seen.workload, seen.caller];
  const isReset = kind === 'reset';
  const stops = receiver === undefined && (direction === 'response' || watched) && !isReset;
  const begins = sender === undefined && direction === 'response' && watched;
  const way = Math.sign(to - from);
  const start = begins ? lines.xOf('workload-sidecar') || from : from;
  const end = stops || isReset ? start + (to - start) * 0.5 : to;
  return (
    <>
      <path class={`call${stops || isReset ? ' bad' : ''}`} d={`M${start} ${y}H${end - way * 3}`} />
      {stops || isReset ? <Cross x={end} y={y} /> : <Head x={to} y={y} way={way} kind="call" />}
      <text class={`label${isReset ? ' bad' : ''}`} x={(lines.xOf('caller') + lines.xOf('workload')) / 2} y={y - 5}>
        {labelOf(item)}
      </text>
    </>
  );
}

/** From the agent to the local process. */
function Copy({
  item,
  lines,
  y,
  call,
}: {
  readonly item: FlowItem;
  readonly lines: Lifelines;
  readonly y: number;
  readonly call: CallRecord;
}) {
  if (!lines.has('local-process') || item.kind === 'reset') return null;
  const [from, to] = [lines.xOf('agent'), lines.xOf('local-process')];
  const arrived = item.seen['local-process'];
  if (arrived === undefined) {
    // An end is no message: it is missing with what it ends.
    if (item.kind === 'end' || call.verdict === undefined) return null;
    const x = lines.xOf('workload') + (to - lines.xOf('workload')) * 0.45;
    return (
      <>
        <path class="copy bad" d={`M${from} ${y}H${x}`} />
        <Cross x={x} y={y} />
        <text class="label bad end" x={to - 6} y={y + 4}>
          no copy
        </text>
      </>
    );
  }
  const differs = arrived.text !== undefined || arrived.bytes !== undefined;
  const isExtra = item.copy !== undefined || (item.seen.caller === undefined && item.seen.workload === undefined);
  return (
    <>
      <path class={`copy${differs || isExtra ? ' bad' : ''}`} d={`M${from} ${y}H${to - 3}`} />
      <Head x={to} y={y} way={1} kind={differs || isExtra ? 'bad' : 'copy'} />
      {differs || isExtra ? (
        <text class="label bad end" x={to - 10} y={y - 3}>
          {item.copy !== undefined ? 'second copy' : isExtra ? 'nobody sent it' : 'differs'}
        </text>
      ) : null}
    </>
  );
}

function Unreadable({ text, lines, y }: { readonly text: string; readonly lines: Lifelines; readonly y: number }) {
  const [from, to] = [lines.xOf('agent'), lines.xOf('local-process')];
  return (
    <>
      <path class="copy bad" d={`M${from} ${y}H${to - 3}`} />
      <Head x={to} y={y} way={1} kind="bad" />
      <text class="label bad" x={(from + to) / 2} y={y - 5}>
        {clipped(text)}
      </text>
    </>
  );
}

function Head({
  x,
  y,
  way,
  kind,
}: {
  readonly x: number;
  readonly y: number;
  readonly way: number;
  readonly kind: string;
}) {
  return <path class={`head ${kind}`} d={`M${x} ${y}l${-7 * way} -4v8z`} />;
}

function Cross({ x, y }: { readonly x: number; readonly y: number }) {
  return <path class="cross" d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} />;
}

export function labelOf({ kind, direction, index, text, bytes }: FlowItem): string {
  switch (kind) {
    case 'request':
    case 'trailers':
      return clipped(text);
    case 'response':
      return clipped(text);
    case 'message':
    case 'partial-message': {
      const size = bytes === undefined ? '' : ` (${bytesText(bytes)})`;
      const number = direction === 'request' ? `message ${(index ?? 0) + 1}` : `answer ${(index ?? 0) + 1}`;
      return clipped(`${number}${kind === 'partial-message' ? ', unfinished' : ''}${size}: ${text}`);
    }
    case 'end':
      return text;
    case 'reset':
      return clipped(`broken off: ${text}`);
  }
}

function clipped(text: string): string {
  const line = Array.from(shown(text).replace(/\s+/g, ' '));
  return line.length <= LABEL ? line.join('') : `${line.slice(0, LABEL - 1).join('')}…`;
}

/** What the drawing shows, in sentences. */
function description(call: CallRecord, lines: Lifelines): string {
  const items = call.flow?.items ?? [];
  const sent = items.filter(({ seen }) => seen.caller !== undefined || seen.workload !== undefined);
  const copied = items.filter(({ seen }) => seen['local-process'] !== undefined);
  const copy = lines.has('local-process')
    ? `The local process received ${copied.length === 0 ? 'nothing' : plural(copied.length, 'of these items', 'of these items')}.`
    : 'There was no mirror session.';
  const verdict = call.verdict === undefined ? '' : ` Verdict: ${call.verdict}.`;
  return `Between caller and workload passed ${plural(sent.length, 'item')}: requests, messages, ends, trailers. ${copy}${verdict}`;
}
