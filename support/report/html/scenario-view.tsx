import { observedText } from '../../model/limitation-observation.js';
import type { ScenarioResult, StepResult } from '../../model/results.js';
import { CallView } from './call-view.js';
import { EvidenceView } from './evidence-view.js';
import { Scroll } from './scroll.js';
import { durationText, plural, shown, shownExcerpt } from './shown.js';
import { StateBadge } from './states.js';

/** Characters of an error, a log or an argument. */
const ERROR = 12_000;
const ARGUMENT = 2_000;
/** Calls that are shown one by one. */
const CALLS = 3;

/** The line of a scenario: what became of it, and what tells it from its neighbours. */
export function CaseSummary({
  scenario,
  environment,
}: {
  readonly scenario: ScenarioResult;
  /** Where it ran, if that is not the same for all. */
  readonly environment?: string | undefined;
}) {
  const { state, example, durationMs, attempts } = scenario;
  return (
    <>
      <StateBadge state={state} />{' '}
      <span class="case-name">
        {example === undefined ? 'steps, messages and evidence' : <Example example={example} />}
      </span>{' '}
      {environment === undefined ? null : <span class="ran-in">{shown(environment)}</span>}{' '}
      <span class="time">
        {attempts.length === 0 ? '' : durationText(durationMs)}
        {attempts.length > 1 ? `, ${attempts.length} attempts` : ''}
      </span>
    </>
  );
}

function Example({ example }: { readonly example: Readonly<Record<string, string>> }) {
  return (
    <>
      {Object.entries(example).map(([key, value], index) => (
        <>
          {index === 0 ? '' : ', '}
          <span class="minor">{shown(key)}</span> {shown(value)}
        </>
      ))}
    </>
  );
}

/** Everything that is known of a scenario. */
export function ScenarioView({ scenario }: { readonly scenario: ScenarioResult }) {
  const { situation, steps, reason, attempts } = scenario;
  const calls = situation?.calls ?? [];
  return (
    <>
      {reason === undefined || scenario.state === 'known-limitation' ? null : <p class="muted">Why: {shown(reason)}</p>}
      <Why scenario={scenario} />
      {steps.length === 0 ? null : <Steps steps={steps} explained={scenario.explanation !== undefined} />}
      {situation === undefined
        ? null
        : calls
            .slice(0, CALLS)
            .map((call, index) => (
              <CallView
                call={call}
                situation={situation}
                cell={scenario.cells[0]}
                id={`${scenario.id}-${index}`}
                number={calls.length > 1 ? index + 1 : undefined}
              />
            ))}
      {calls.length > CALLS || (situation?.callsCut ?? 0) > 0 ? (
        <p class="muted">
          … and {plural(calls.length - CALLS + (situation?.callsCut ?? 0), 'more call')}, listed in results.json.
        </p>
      ) : null}
      {attempts.length > 1 ? <Attempts scenario={scenario} /> : null}
      <EvidenceView scenario={scenario} />
      <Reproduce command={scenario.reproduce} />
    </>
  );
}

function Why({ scenario }: { readonly scenario: ScenarioResult }) {
  const { explanation, limitations, state, verdict } = scenario;
  return (
    <>
      {limitations
        .filter(({ outcome }) => outcome !== 'not-observed')
        .map(({ limitation, title, outcome, observed, notApplicable }) => (
          <p
            class={`note s-${outcome === 'known' ? 'known-limitation' : outcome === 'no-longer-limited' ? 'fixed' : 'not-applicable'}`}
          >
            <a href={`#limitation-${anchor(limitation)}`}>{shown(limitation)}</a>: {shown(title)}
            {outcome === 'no-longer-limited' ? ' — it holds after all' : ''}
            {notApplicable === undefined ? '' : ` — does not apply: ${shown(notApplicable)}`}
            {observed.length === 0 ? null : (
              <span class="minor block">observed: {observed.map(observedText).join(', ')}</span>
            )}
          </p>
        ))}
      {explanation === undefined ? null : (
        <div class={`note ${state === 'fail' ? 's-fail' : 's-plain'}`}>
          <p>
            <strong>{verdict === undefined ? 'Why' : `Why ${verdict.replaceAll('-', ' ')}`}:</strong>{' '}
            {shown(explanation.summary)} <span class="minor">({explanation.cause})</span>
          </p>
          {explanation.proof.length === 0 ? null : (
            <ul>
              {explanation.proof.map((fact) => (
                <li>{shown(fact)}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

function Steps({ steps, explained }: { readonly steps: readonly StepResult[]; readonly explained: boolean }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li class={`st-${step.status}${step.keyword === undefined ? ' hook' : ''}`}>
          <span class="step-line">
            <span class="sign" aria-hidden="true">
              {step.status === 'passed' ? '✓' : step.status === 'skipped' ? '–' : '✕'}
            </span>
            <span class="step-text">
              <span class="hidden">{step.status}: </span>
              {step.keyword === undefined ? null : <b>{shown(step.keyword)}</b>}
              {shown(step.text)}
            </span>
            <span class="time">{durationText(step.durationMs)}</span>
          </span>
          <Argument {...step} />
          {step.error === undefined ? null : <StepError error={step.error} explained={explained} />}
          {step.reason === undefined ? null : <p class="minor pre">{shown(step.reason)}</p>}
          {step.log?.map((text) => (
            <pre class="log">{shownExcerpt(text, ARGUMENT)}</pre>
          ))}
        </li>
      ))}
    </ol>
  );
}

/** What stands below a step: a text or a table. */
export function Argument({ docString, table }: Pick<StepResult, 'docString' | 'table'>) {
  return (
    <>
      {docString === undefined ? null : <pre class="arg">{shownExcerpt(docString, ARGUMENT)}</pre>}
      {table === undefined ? null : (
        <Scroll label="Table of the step">
          <table class="arg">
            <tbody>
              {table.slice(0, 50).map((row) => (
                <tr>
                  {row.map((cell) => (
                    <td>{shownExcerpt(cell, 200)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}

interface StepErrorProperties {
  readonly error: NonNullable<StepResult['error']>;
  /** The explanation that the message holds is shown already. */
  readonly explained: boolean;
}

function StepError({ error, explained }: StepErrorProperties) {
  const { type, message, code, stack } = error;
  const isOurs = /^(Expectation|User|Environment|Interrupted|Assertion)Error$/.test(type);
  return (
    <div class="error">
      <pre>
        {isOurs || type === 'Error' ? '' : `${shown(type)}: `}
        {shownExcerpt(explained ? withoutExplanation(message) : message, ERROR)}
      </pre>
      {isOurs || stack.length === 0 ? null : (
        <pre class="minor">{shownExcerpt(stack.slice(0, 6).join('\n'), ARGUMENT)}</pre>
      )}
      {code === undefined ? null : <p class="minor">code: {shown(code)}</p>}
    </div>
  );
}

function withoutExplanation(message: string): string {
  return message.replace(/^why: .*\n(?: {2}· .*\n?)*/gm, '');
}

function Attempts({ scenario }: { readonly scenario: ScenarioResult }) {
  return (
    <details>
      <summary>{plural(scenario.attempts.length, 'attempt')}</summary>
      <ol>
        {scenario.attempts.map(({ status, durationMs, errors }) => (
          <li>
            {status}, {durationText(durationMs)}
            {errors.map(({ step, message }) => (
              <pre class="log">
                {shown(step)}
                {'\n'}
                {shownExcerpt(message, ARGUMENT)}
              </pre>
            ))}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Reproduce({ command }: { readonly command: string }) {
  return (
    <div class="reproduce">
      <h5>Run exactly this scenario again</h5>
      <div class="command">
        <pre>
          <code>{shown(command)}</code>
        </pre>
        <button type="button" class="copy-button js">
          Copy
        </button>
      </div>
    </div>
  );
}

/** Of a limitation's id, as the name of a place in the page. */
export function anchor(id: string): string {
  return id.replace(/[^\w.-]/g, '-');
}
