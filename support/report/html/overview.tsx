import {
  type Results,
  type Run,
  type RunVerdict,
  SCENARIO_STATES,
  type ScenarioState,
  type StepError,
} from '../../model/results.js';
import { environmentLabels, STATES, verdictOf, verdictSentence } from '../wording.js';
import { GateView } from './gate-view.js';
import { durationText, shown, shownExcerpt } from './shown.js';

/** A scenario that did not end as it should, for the list at the top. */
export interface Failure {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly state: ScenarioState;
  /** In one line. */
  readonly reason: string;
}

const EMBEDDED_IN_WORDS =
  'Embedded: all of it ran on one Linux machine. The mesh was set up there, with proxies, mutual TLS and the rules that lead traffic through them; an agent of mirrorspec copied traffic in the way that mirrord does.';

const VERDICT_WORDS: Readonly<Record<RunVerdict, { readonly word: string; readonly sign: string }>> = {
  passed: { word: 'Passed', sign: '✓' },
  failed: { word: 'Failed', sign: '✕' },
  interrupted: { word: 'Interrupted', sign: '!' },
  broken: { word: 'Broken off', sign: '!' },
};

export function Overview({
  runs,
  counts,
  failures,
}: Pick<Results, 'runs' | 'counts'> & { readonly failures: readonly Failure[] }) {
  const verdict = verdictOf(runs);
  const { word, sign } = VERDICT_WORDS[verdict];
  const environments = environmentLabels(runs);
  const meanings = new Map(runs.map((run) => [run.environment.meaning, run]));
  return (
    <section id="verdict" aria-labelledby="verdict-title">
      <div class={`hero h-${verdict}`}>
        <p class="hero-sign" aria-hidden="true">
          {sign}
        </p>
        <div>
          <p class="kicker">
            Does a process on a developer's machine get an exact copy of the requests that an application in a service
            mesh receives? <a href="#introduction-title">What is tested here</a>
          </p>
          <h1 id="verdict-title">
            {word}
            <span class="hidden">.</span>
          </h1>
          <p class="sentence">{verdictSentence(runs, counts)}</p>
          {runs.map((run) => (
            <p class="when">{whenText(run)}</p>
          ))}
        </div>
      </div>
      <Tiles counts={counts} />
      {[...meanings].map(([meaning, { id, environment }]) => (
        <p class="meaning">
          <strong>{environments.has(id) ? `${shown(environments.get(id) ?? '')}:` : 'What that means.'}</strong>{' '}
          {shown(meaning)}
          {environment.kind === 'embedded' ? <span class="block minor">{EMBEDDED_IN_WORDS}</span> : null}
        </p>
      ))}
      {runs.map(({ gate }) => (gate === undefined ? null : <GateView gate={gate} />))}
      <RunFailures failures={runs.flatMap((run) => run.failures)} />
      <Failures failures={failures} />
    </section>
  );
}

function whenText({ startedAt, durationMs, environment, commit }: Run): string {
  const commitText =
    commit === undefined
      ? ''
      : ` · commit ${commit.sha.slice(0, 10)}${commit.modified === true ? ' with changes' : ''}`;
  return `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC · ${durationText(durationMs)} · environment ${shown(environment.name)}${shown(commitText)}`;
}

function Tiles({ counts }: Pick<Results, 'counts'>) {
  return (
    <ul class="tiles" aria-label="Scenarios by state">
      {SCENARIO_STATES.map((state) => {
        const { sign, word } = STATES[state];
        const content = (
          <>
            <span class="count">{counts[state].toLocaleString('en')}</span>
            <span class={`word t-${state}`}>
              <span aria-hidden="true">{sign}</span> {word}
            </span>
          </>
        );
        const isListed = counts[state] > 0;
        return (
          <li class={isListed ? '' : 'none'}>
            {isListed ? <a href={`#${stateAnchor(state)}`}>{content}</a> : content}
          </li>
        );
      })}
    </ul>
  );
}

/** Where the scenarios of a state begin: their list, or for those that pass the features. */
function stateAnchor(state: ScenarioState): string {
  return state === 'pass' ? 'features' : `state-${state}`;
}

function RunFailures({ failures }: { readonly failures: readonly StepError[] }) {
  if (failures.length === 0) return null;
  return (
    <div class="note s-fail">
      <h2>Failed outside of scenarios</h2>
      {failures.map(({ step, message, code }) => (
        <>
          <p>
            <strong>{shown(step)}</strong> {code === undefined ? null : <span class="minor">{shown(code)}</span>}
          </p>
          <pre>{shownExcerpt(message, 4000)}</pre>
        </>
      ))}
    </div>
  );
}

/** At most so many are listed; the rest is found by filtering. */
export const LISTED_FAILURES = 200;

function Failures({ failures }: { readonly failures: readonly Failure[] }) {
  const states = SCENARIO_STATES.filter((state) => failures.some((failure) => failure.state === state));
  return (
    <>
      {states.map((state) => {
        const here = failures.filter((failure) => failure.state === state);
        const list = (
          <ul class="failures">
            {here.slice(0, LISTED_FAILURES).map(({ id, name, place, reason }) => (
              <li>
                <a href={`#${id}`}>{shown(name)}</a> <span class="minor">{shown(place)}</span>
                {reason === '' ? null : <span class="block reason">{shown(reason)}</span>}
              </li>
            ))}
            {here.length > LISTED_FAILURES ? <li>and {here.length - LISTED_FAILURES} more</li> : null}
          </ul>
        );
        const title = `${STATES[state].sign} ${capital(STATES[state].word)} (${here.length})`;
        return state === 'fail' || state === 'fixed' ? (
          <div class="list" id={`state-${state}`}>
            <h2>{title}</h2>
            {list}
          </div>
        ) : (
          <details class="list" open={here.length <= 10}>
            <summary>
              <h2>{title}</h2>
            </summary>
            <div id={`state-${state}`}>{list}</div>
          </details>
        );
      })}
    </>
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
