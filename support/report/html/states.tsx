import type { ScenarioState } from '../../model/results.js';

/** How each state is shown: a sign and a word, so that none needs its colour. */
export const STATES: Readonly<
  Record<ScenarioState, { readonly sign: string; readonly word: string; readonly meaning: string }>
> = {
  pass: { sign: '✓', word: 'pass', meaning: 'What the scenario specifies holds.' },
  fail: { sign: '✕', word: 'fail', meaning: 'It does not hold, or something went wrong.' },
  'known-limitation': {
    sign: '◐',
    word: 'known limitation',
    meaning: 'It fell short exactly as a known limitation says. Does not fail the run.',
  },
  fixed: {
    sign: '★',
    word: 'fixed',
    meaning: 'It holds although a known limitation says that it cannot: the tag has to go. Fails the run.',
  },
  flaky: { sign: '≈', word: 'flaky', meaning: 'It came to this only when it was tried again.' },
  'not-applicable': { sign: '–', word: 'not applicable', meaning: 'It says nothing here, and why is told.' },
  'not-tested': { sign: '○', word: 'not tested', meaning: 'Nothing was run for it.' },
};

export function StateBadge({ state }: { readonly state: ScenarioState }) {
  const { sign, word } = STATES[state];
  return (
    <span class={`badge s-${state}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
