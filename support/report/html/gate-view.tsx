import type { GateReport } from '../../model/gate.js';
import { plural, shown } from './shown.js';

/** Reasons of a rule that are listed. */
const REASONS = 20;

/** What the gate came to that a run had to pass. */
export function GateView({ gate }: { readonly gate: GateReport }) {
  const broken = gate.outcomes.filter(({ ok }) => !ok);
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
      <ul class="rules">
        {gate.outcomes.map(({ rule, ok, found, line, because }) => (
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
    </div>
  );
}
