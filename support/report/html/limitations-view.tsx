import type { Limitation, LimitationReference } from '../../model/limitation.js';
import { type LimitationObservation, observedText } from '../../model/limitation-observation.js';
import { anchor } from './scenario-view.js';
import { Prose, plural, shown, webAddress } from './shown.js';

/** A scenario that is tagged with a limitation, and what it showed. */
export interface Seen {
  readonly scenario: { readonly id: string; readonly name: string };
  readonly observation: LimitationObservation;
}

/** What is known to fall short, where that is written about, and what this run saw of it. */
export function Limitations({
  limitations,
  seen,
}: {
  readonly limitations: readonly Limitation[];
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
}) {
  if (limitations.length === 0) return null;
  const met = limitations.filter(({ id }) => seen.has(id));
  const others = limitations.filter(({ id }) => !seen.has(id));
  return (
    <section id="limitations" aria-labelledby="limitations-title">
      <h2 id="limitations-title">Known limitations</h2>
      <p class="lead">
        Shortfalls that are known, named and written about. A scenario that falls short just so does not fail the run;
        one that holds after all does, so that none of these outlives its cause.
      </p>
      {met.map((limitation) => (
        <Card limitation={limitation} seen={seen.get(limitation.id) ?? []} />
      ))}
      {others.length === 0 ? null : (
        <details>
          <summary>{plural(others.length, 'more limitation')} that no scenario of this run is about</summary>
          {others.map((limitation) => (
            <Card limitation={limitation} seen={[]} />
          ))}
        </details>
      )}
    </section>
  );
}

const OUTCOMES: Readonly<Record<LimitationObservation['outcome'], string>> = {
  known: 'seen as known',
  'no-longer-limited': 'holds after all',
  failed: 'fell short in another way',
  'not-applicable': 'does not apply there',
  'not-observed': 'not looked at',
};

function Card({ limitation, seen }: { readonly limitation: Limitation; readonly seen: readonly Seen[] }) {
  const { id, title, explanation, symptom, when, workaround, references, certainty, firstSeen, lastChecked } =
    limitation;
  return (
    <article class="card" id={`limitation-${anchor(id)}`}>
      <h3>
        <span class="tag">{shown(id)}</span> {shown(title)}
      </h3>
      <Prose text={explanation ?? ''} />
      <dl class="facts">
        <Fact name="when" value={when} />
        <Fact name="what one sees" value={symptom} />
        <Fact name="what helps" value={workaround} />
        <Fact name="known by" value={certainty} />
        <Fact name="first seen" value={firstSeen} />
        <Fact name="last checked" value={lastChecked} />
      </dl>
      {(references ?? []).length === 0 ? null : (
        <ul class="references">
          {references.map((reference) => (
            <li>
              <Reference reference={reference} />
            </li>
          ))}
        </ul>
      )}
      {seen.length === 0 ? null : (
        <>
          <h4>In this run</h4>
          <ul>
            {seen.slice(0, 100).map(({ scenario, observation }) => (
              <li>
                <a href={`#${scenario.id}`}>{shown(scenario.name)}</a>: {OUTCOMES[observation.outcome]}
                <span class="minor">
                  {observation.observed.length === 0 ? '' : ` — ${observation.observed.map(observedText).join(', ')}`}
                  {observation.notApplicable === undefined ? '' : ` — ${shown(observation.notApplicable)}`}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{shown(value)}</dd>
    </div>
  );
}

function Reference({ reference: { title, url, upstream, state } }: { readonly reference: LimitationReference }) {
  const address = webAddress(url) ?? upstreamAddress(upstream);
  const text = `${upstream === undefined ? '' : `${upstream}: `}${title}`;
  return (
    <>
      {address === undefined ? shown(text) : <a href={address}>{shown(text)}</a>}
      {state === undefined ? null : <span class="minor"> ({state})</span>}
    </>
  );
}

/** `metalbear-co/mirrord#2452` */
function upstreamAddress(upstream: string | undefined): string | undefined {
  const [, repository, number] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(upstream ?? '') ?? [];
  return repository === undefined ? undefined : `https://github.com/${repository}/issues/${number}`;
}
