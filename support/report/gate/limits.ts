import type { Gate, GateCount, GateLimit, GateOutcome } from '../../model/gate.js';
import { LIMITATION_TAG } from '../../model/limitation.js';
import { hasPassed, isRed, type ScenarioSummary } from '../results/scenario-summary.js';
import { counted, reasonOf } from './outcome.js';

const COUNTED: Readonly<
  Record<GateCount, { readonly words: string; readonly counts: (scenario: ScenarioSummary) => boolean }>
> = {
  // A known limitation that no longer shows fails the run as well.
  failed: { words: 'failed', counts: isRed },
  flaky: { words: 'flaky', counts: ({ state }) => state === 'flaky' },
  'not-tested': { words: 'not tested', counts: ({ state }) => state === 'not-tested' },
  'known-limitations': { words: 'with a known limitation', counts: ({ known }) => known.length > 0 },
};

/** At most so many. */
export function judgeLimit({ count, most, line }: GateLimit, scenarios: readonly ScenarioSummary[]): GateOutcome {
  const { words, counts } = COUNTED[count];
  const counting = scenarios.filter(counts);
  const ok = counting.length <= most;
  return {
    kind: 'count',
    rule: `at most ${counted(most, 'scenario')} ${words}`,
    line,
    ok,
    found: `${counting.length} of ${scenarios.length}`,
    because: ok ? [] : counting.map((scenario) => reasonOf(scenario)),
  };
}

/** So many have passed, at the first try or at a later one. */
export function judgeLeast(
  { passed, line }: NonNullable<Gate['atLeast']>,
  scenarios: readonly ScenarioSummary[],
): GateOutcome {
  const there = scenarios.filter(hasPassed).length;
  return {
    kind: 'count',
    rule: `at least ${counted(passed, 'scenario')} passed`,
    line,
    ok: there >= passed,
    found: `${there} of ${scenarios.length}`,
    because: [],
  };
}

/** Each limitation that may show, until its day; and that no other one does. `today`: `YYYY-MM-DD`. */
export function judgeLimitations(
  { line, allowed }: NonNullable<Gate['allowLimitations']>,
  scenarios: readonly ScenarioSummary[],
  today: string,
): GateOutcome[] {
  const ids = new Set(allowed.map(({ id }) => id));
  const showing = (id: string): readonly ScenarioSummary[] =>
    scenarios.filter(({ known }) => known.some((each) => each.id === id));
  const each = allowed.map(({ id, until, reason, line: at }): GateOutcome => {
    const seen = showing(id);
    const expired = today > until;
    const ok = !expired || seen.length === 0;
    return {
      kind: 'limitation',
      rule: `limitation ${id} may show until ${until} (${reason})`,
      line: at,
      ok,
      found: seen.length === 0 ? unseenText(id, scenarios) : `it showed in ${counted(seen.length, 'scenario')}`,
      because: ok
        ? []
        : [
            { text: `today is ${today}: mend it, or decide anew and move the date` },
            ...seen.map((scenario) => reasonOf(scenario)),
          ],
    };
  });
  const others = [...new Set(scenarios.flatMap(({ known }) => known.map(({ id }) => id)))].filter((id) => !ids.has(id));
  const other: GateOutcome = {
    kind: 'limitation',
    rule: allowed.length === 0 ? 'no known limitation shows' : 'no other known limitation shows',
    line,
    ok: others.length === 0,
    found: others.length === 0 ? 'none does' : `${others.join(', ')} ${others.length === 1 ? 'does' : 'do'}`,
    because: others.flatMap((id) => showing(id).map((scenario) => reasonOf(scenario))),
  };
  return [...each, other];
}

/** Why a limitation did not show: only a run of the scenarios that it belongs to says that it is gone. */
function unseenText(id: string, scenarios: readonly ScenarioSummary[]): string {
  const its = scenarios.filter(({ tags }) => tags.includes(`${LIMITATION_TAG}${id}`));
  const run = its.filter(({ state }) => state !== 'not-tested' && state !== 'not-applicable').length;
  if (run === 0) return 'none of its scenarios ran';
  return run < its.length
    ? `it did not show in the ${run} of its ${its.length} scenarios that ran`
    : 'it did not show: the entry can go';
}
