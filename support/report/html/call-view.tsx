import type { CallRecord, Coordinates, FlowItem, ScenarioRecord, Sighting } from '../../model/scenario-record.js';
import type { Difference } from '../../model/verdict.js';
import { Scroll } from './scroll.js';
import { SequenceDiagram } from './sequence-diagram.js';
import { bytesText, durationText, shown } from './shown.js';

const COMPARED: Readonly<Record<Difference['between'], readonly [string, string]>> = {
  'sent-mirrored': ['sent by the caller', 'arrived at the local process'],
  'sent-served': ['sent by the caller', 'received by the workload'],
  'served-mirrored': ['received by the workload', 'arrived at the local process'],
  'answered-received': ['answered by the workload', 'received by the caller'],
};

const ITEM_WORDS: Readonly<Record<FlowItem['kind'], string>> = {
  request: 'request',
  message: 'message',
  'partial-message': 'unfinished message',
  end: 'end',
  response: 'response',
  trailers: 'trailers',
  reset: 'broken off',
};

interface CallProperties {
  readonly call: CallRecord;
  readonly situation: Pick<ScenarioRecord, 'sidecars' | 'session' | 'unreadable'>;
  readonly cell: Coordinates | undefined;
  readonly id: string;
  /** Its number among the scenario's calls; undefined for the only one. */
  readonly number?: number | undefined;
}

/** One call: how it ended, what crossed the wire, and what differs. */
export function CallView({ call, situation, cell, id, number }: CallProperties) {
  const { protocol, interaction, durationMs, differences = [], flow } = call;
  return (
    <div class="call-view">
      <h5>
        {number === undefined ? 'What crossed the wire' : `Call ${number}`}: {protocol}, {interaction}
        {call.verdict === undefined ? null : (
          <span class={`verdict v-${call.verdict === 'mirrored' ? 'good' : 'other'}`}> {call.verdict}</span>
        )}
      </h5>
      <p class="muted">
        {endText(call)}, {durationText(durationMs)}
        {call.error === undefined ? '' : `: ${shown(call.error)}`}
      </p>
      {flow === undefined ? null : <SequenceDiagram call={call} cell={cell} id={id} {...situation} />}
      {differences.length === 0 ? null : <Differences differences={differences} />}
      {flow === undefined || flow.items.length === 0 ? null : (
        <details>
          <summary>{situation.session === undefined ? 'As a table' : 'As a table: sent, served, mirrored'}</summary>
          <FlowTable items={flow.items} mirrored={situation.session !== undefined} />
        </details>
      )}
    </div>
  );
}

function endText({ httpStatus, grpcStatus, ok }: CallRecord): string {
  if (httpStatus === 0) return ok ? 'ended in order' : 'there was no response';
  return `HTTP status ${httpStatus}${grpcStatus === undefined ? '' : `, gRPC status ${grpcStatus}`}`;
}

function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  const kinds = [...new Set(differences.map(({ between }) => between))];
  return (
    <>
      {kinds.map((kind) => (
        <table class="diff">
          <caption>What differs</caption>
          <thead>
            <tr>
              <th scope="col">what</th>
              {COMPARED[kind].map((party) => (
                <th scope="col">{party}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences
              .filter(({ between }) => between === kind)
              .map(({ what, expected, found }) => (
                <tr>
                  <th scope="row">{shown(what)}</th>
                  <td class="minus q">{shown(expected)}</td>
                  <td class="plus q">{shown(found)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      ))}
    </>
  );
}

function FlowTable({ items, mirrored }: { readonly items: readonly FlowItem[]; readonly mirrored: boolean }) {
  return (
    <Scroll label="Items of the call">
      <table class="flow">
        <thead>
          <tr>
            <th scope="col">item</th>
            <th scope="col">content</th>
            <th scope="col">caller</th>
            <th scope="col">workload</th>
            {mirrored ? <th scope="col">local process</th> : null}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr>
              <th scope="row">
                {item.direction === 'request' ? '→' : '←'} {ITEM_WORDS[item.kind]}
                {item.index === undefined ? '' : ` ${item.index + 1}`}
                {item.copy === undefined ? '' : `, copy ${item.copy}`}
              </th>
              <td class="q">
                {shown(item.text)}
                {item.bytes === undefined ? null : <span class="minor"> {bytesText(item.bytes)}</span>}
              </td>
              <Seen sighting={item.seen.caller} />
              <Seen sighting={item.seen.workload} />
              {mirrored ? <Seen sighting={item.seen['local-process']} isCopy={item.direction === 'request'} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Seen({ sighting, isCopy }: { readonly sighting: Sighting | undefined; readonly isCopy?: boolean }) {
  if (sighting === undefined) return <td class="minor">{isCopy === false ? 'is not copied' : 'not seen'}</td>;
  const { at, text, bytes } = sighting;
  return (
    <td>
      {at.toFixed(1)} ms
      {text === undefined && bytes === undefined ? null : (
        <span class="block q plus">
          differs: {shown(text ?? '')} {bytes === undefined ? '' : bytesText(bytes)}
        </span>
      )}
    </td>
  );
}
