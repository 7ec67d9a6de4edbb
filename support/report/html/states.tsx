import type { ScenarioState } from '../../model/results.js';
import { STATES } from '../wording.js';

export function StateBadge({ state }: { readonly state: ScenarioState }) {
  const { sign, word } = STATES[state];
  return (
    <span class={`badge s-${state}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
