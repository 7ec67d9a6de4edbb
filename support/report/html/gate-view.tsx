import type { GateReport } from '../../model/gate.js';
import { plural, shown } from './shown.js';

/** Reasons of a rule that are listed. */
const REASONS = 20;

/** What the gate came to that a run had to pass: rules that are broken are in sight, those that hold one click away. */
export function GateView({ gate }: { readonly gate: GateReport }) {
  const broken = gate.outcomes.filter(({ ok }) => !ok);
  const holding = gate.outcomes.filter(({ ok }) => ok);
  return (
    <div class="card gate">
      <h2>
        <span class={`badge ${gate.ok ? 's-pass' : 's-fail'}`}>
          <span aria-hidden="true">{gate.ok ? '✓' : '✕'}</span> gate {shown(gate.gate)}
        </span>{' '}
        {gate.ok
          ? 'lets the run through'
          : `stops the run: ${plural(broken.length, 'rule')} of ${gate.outcomes.length} broken`}
      </h2>
      {broken.length === 0 ? null : <Rules gate={gate} outcomes={broken} />}
      {holding.length === 0 ? null : (
        <details>
          <summary>
            {plural(holding.length, 'rule')} {holding.length === 1 ? 'holds' : 'hold'}
          </summary>
          <Rules gate={gate} outcomes={holding} />
        </details>
      )}
    </div>
  );
}

function Rules({ gate, outcomes }: { readonly gate: GateReport; readonly outcomes: GateReport['outcomes'] }) {
  return (
    <ul class="rules">
      {outcomes.map(({ rule, ok, found, line, because }) => (
        <li>
          <span class={`sign ${ok ? 't-pass' : 't-fail'}`} aria-hidden="true">
            {ok ? '✓' : '✕'}
          </span>
          <span class="hidden">{ok ? 'holds: ' : 'broken: '}</span>
          {shown(rule)}
          <span class="minor">
            {' '}
            — {shown(found)}
            {line === undefined ? '' : ` (${shown(gate.file)}:${line})`}
          </span>
          {ok || because.length === 0 ? null : (
            <ul>
              {because.slice(0, REASONS).map(({ location, text }) => (
                <li>
                  {location === undefined ? '' : `${shown(location)} — `}
                  {shown(text)}
                </li>
              ))}
              {because.length > REASONS ? <li>and {because.length - REASONS} more</li> : null}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
