import type { FeatureChild, FeatureText, ScenarioState, ScenarioText, StepText } from '../../model/results.js';
import type { Coordinates } from '../../model/scenario-record.js';
import { type Markup, render, trusted } from './jsx-runtime.js';
import { Argument } from './scenario-view.js';
import { Prose, shown, shownExcerpt } from './shown.js';

/** Characters of a source that is shown. */
const SOURCE = 60_000;

/** What a page needs of a scenario: its line, and a panel that is either there or comes later. */
export interface Case {
  readonly id: string;
  readonly state: ScenarioState;
  /** What filters look for. */
  readonly words: string;
  readonly summary: Markup;
  readonly open: boolean;
  readonly panel?: Markup;
  /** Where the panel waits. */
  readonly packed?: string;
}

/** A feature in the words of its authors, with its scenarios below what they follow from. */
export function FeatureView({
  feature,
  cases,
}: {
  readonly feature: FeatureText;
  readonly cases: ReadonlyMap<number, readonly Case[]>;
}) {
  const { uri, language, keyword, name, description, tags, children, source } = feature;
  return (
    <section class="feature" id={featureAnchor(uri)} aria-labelledby={`${featureAnchor(uri)}-t`}>
      <p class="where">
        {shown(uri)} <span class="tag">{language === 'yaml' ? 'YAML' : 'Gherkin'}</span>
        <Tags tags={tags} />
      </p>
      <h3 id={`${featureAnchor(uri)}-t`}>
        <span class="keyword">{shown(keyword)}: </span>
        {shown(name)}
      </h3>
      <Prose text={description} />
      {children.map((child) => (
        <Part child={child} cases={cases} />
      ))}
      {language === 'yaml' && source !== undefined ? (
        <details>
          <summary>The file as it was written</summary>
          <pre class="source">{shownExcerpt(source, SOURCE)}</pre>
        </details>
      ) : null}
    </section>
  );
}

function Part({
  child,
  cases,
}: {
  readonly child: FeatureChild;
  readonly cases: ReadonlyMap<number, readonly Case[]>;
}) {
  switch (child.kind) {
    case 'background':
      return (
        <div class="background">
          <h4>
            <span class="keyword">{shown(child.keyword)}</span>
            {child.name === '' ? '' : `: ${shown(child.name)}`}
          </h4>
          <Prose text={child.description} />
          <WrittenSteps steps={child.steps} />
        </div>
      );
    case 'scenario':
      return <ScenarioBlock text={child} cases={cases.get(child.declaration) ?? []} />;
    case 'rule': {
      const inner = child.children.map((each) => render(<Part child={each} cases={cases} />)).join('');
      return (
        <div class="rule">
          <h4>
            <span class="keyword">{shown(child.keyword)}: </span>
            {shown(child.name)} <Tags tags={child.tags} />
          </h4>
          <Prose text={child.description} />
          {trusted(inner)}
        </div>
      );
    }
  }
}

function ScenarioBlock({ text, cases }: { readonly text: ScenarioText; readonly cases: readonly Case[] }) {
  // Those that were not chosen are no part of this run.
  if (cases.length === 0) return null;
  const { keyword, name, description, tags, steps, examples } = text;
  return (
    <article class="scenario">
      <h4>
        <span class="keyword">{shown(keyword)}: </span>
        {shown(name)} <Tags tags={tags} />
      </h4>
      <Prose text={description} />
      <WrittenSteps steps={steps} />
      {examples
        .filter((each) => each.name !== '' || each.description !== '')
        .map((each) => (
          <>
            {each.name === '' ? null : <p class="examples-name">{shown(each.name)}</p>}
            <Prose text={each.description} />
          </>
        ))}
      {cases.map(({ id, state, words, summary, open, panel, packed }) => (
        <details class="case" data-s={state} data-c={words} open={open}>
          <summary>{summary}</summary>
          <div class="panel" id={id} data-p={packed}>
            {panel}
          </div>
        </details>
      ))}
    </article>
  );
}

function WrittenSteps({ steps }: { readonly steps: readonly StepText[] }) {
  return (
    <ul class="written">
      {steps.map(({ keyword, text, docString, table }) => (
        <li>
          <b>{shown(keyword)}</b>
          {shown(text)}
          <Argument {...(docString === undefined ? {} : { docString })} {...(table === undefined ? {} : { table })} />
        </li>
      ))}
    </ul>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <>
      {tags.map((tag) => (
        <>
          {' '}
          <span class="tag">{shown(tag)}</span>
        </>
      ))}
    </>
  );
}

/** What filters look for, as words. */
export function coordinateWords(cells: readonly Coordinates[]): string {
  const words = cells.flatMap(
    ({ environment, mesh, mtls, caller, profile, mirrord, listenInterface, protocol, interaction }) => [
      `env:${environment}`,
      `mesh:${mtls === undefined ? mesh : `${mesh}/${mtls}`}`,
      `caller:${caller}`,
      ...(profile === undefined ? [] : [`mech:${profile}/${listenInterface ?? ''}`]),
      ...(mirrord === undefined ? [] : [`version:${mirrord}`]),
      ...(protocol === undefined ? [] : [`protocol:${protocol}`]),
      ...(interaction === undefined ? [] : [`interaction:${interaction}`]),
    ],
  );
  return [...new Set(words)].join(' ');
}

export function featureAnchor(uri: string): string {
  return `feature-${uri.replace(/[^A-Za-z0-9]+/g, '-')}`;
}
