import { createHash } from 'node:crypto';
import type { FeatureText, ScenarioResult } from '../../model/results.js';
import type { ResultsSource } from '../results/write-results.js';
import { environmentLabels, reasonOf, verdictSentence } from '../wording.js';
import { SCRIPT } from './browser-script.js';
import { Environments } from './environment-view.js';
import { type Case, coordinateWords, FeatureView, featureAnchor } from './features-view.js';
import { Filters } from './filters.js';
import { Introduction } from './introduction.js';
import { type Child, render, trusted } from './jsx-runtime.js';
import { Limitations, type Seen } from './limitations-view.js';
import { Matrix } from './matrix-view.js';
import { type Failure, Overview } from './overview.js';
import { PanelPack } from './panel-pack.js';
import { CaseSummary, ScenarioView } from './scenario-view.js';
import { shown } from './shown.js';
import { STYLE } from './style.js';

/** Panels stand in the page as they are up to so many characters; of a large report those of what ended as it should are packed. */
const PLAIN = 9_000_000;
const PLAIN_WHEN_LARGE = 0;
/** What did not end as it should gets some more room. */
const EXTRA = 2_000_000;
/** Parts of a report of more scenarios are laid out only when they are looked at. */
const LARGE = 2_000;
/** So many failed scenarios are open from the start. */
const OPEN = 3;

/** The report as text, piece by piece: memory holds no more than one feature of it. */
export function* page(source: ResultsSource): Generator<string> {
  const { head, entries } = source;
  const { runs, counts, features, limitations } = head;
  const { failures, seen } = survey(source.scenarios(), environmentLabels(runs));
  yield beginning(`${verdictSentence(runs, counts)} — mirrorspec`, entries.length > LARGE);
  yield render(
    <>
      <a class="skip" href="#verdict">
        Skip to the verdict
      </a>
      <header class="top">
        <p class="brand">mirrorspec</p>
        <nav aria-label="Sections">
          <a href="#verdict">Verdict</a>
          <a href="#matrix">Matrix</a>
          {limitations.length === 0 ? null : <a href="#limitations">Limitations</a>}
          <a href="#features">Features</a>
          <a href="#environment">Environment</a>
        </nav>
      </header>
    </>,
  );
  yield '<main>';
  yield render(<Overview runs={runs} counts={counts} failures={failures} />);
  yield render(<Introduction />);
  yield render(<p class="print minor">What is folded (▸) was not printed: unfold it in the browser first.</p>);
  yield render(<Matrix entries={entries} />);
  yield render(<Limitations limitations={limitations} seen={seen} />);
  yield '<section id="features" aria-labelledby="features-title">';
  yield render(
    <>
      <h2 id="features-title">Features</h2>
      <p class="lead">What must hold, in the words of those who wrote it, and below each scenario what became of it.</p>
      <Filters entries={entries} counts={counts} />
      {features.length < 2 ? null : <Contents features={features} />}
    </>,
  );
  yield* featureParts(source);
  yield '</section>';
  yield render(<Environments runs={runs} />);
  yield '</main>';
  yield render(
    <footer>
      <p>
        mirrorspec {runs[0]?.tool.version}. Beside this page: <a href="./results.json">results.json</a>, with all of it
        as data, and the folder evidence with journals, packet captures and logs.
      </p>
    </footer>,
  );
  yield `<script>${SCRIPT}</script></body></html>\n`;
}

function* featureParts({ head, entries, scenarios }: ResultsSource): Generator<string> {
  const pack = new PanelPack();
  const panels = new Panels(pack, entries.length > LARGE ? PLAIN_WHEN_LARGE : PLAIN, environmentLabels(head.runs));
  const features = new Map(head.features.map((feature) => [feature.uri, feature]));
  let uri: string | undefined;
  let cases = new Map<number, Case[]>();
  const flush = function* (): Generator<string> {
    const feature = uri === undefined ? undefined : features.get(uri);
    if (feature !== undefined) yield render(<FeatureView feature={feature} cases={cases} />);
    yield pack.take();
    cases = new Map();
  };
  for (const scenario of scenarios()) {
    if (scenario.uri !== uri) yield* flush();
    uri = scenario.uri;
    cases.set(scenario.declaration, [...(cases.get(scenario.declaration) ?? []), panels.caseOf(scenario)]);
  }
  yield* flush();
  yield pack.end();
}

/** Decides which panels stand in the page as they are. */
class Panels {
  readonly #pack: PanelPack;
  readonly #limit: number;
  readonly #environments: ReadonlyMap<string, string>;
  #plain = 0;
  #opened = 0;

  constructor(pack: PanelPack, limit: number, environments: ReadonlyMap<string, string>) {
    this.#environments = environments;
    this.#pack = pack;
    this.#limit = limit;
  }

  caseOf(scenario: ScenarioResult): Case {
    const isBad = scenario.state === 'fail' || scenario.state === 'fixed';
    const panel = render(<ScenarioView scenario={scenario} />);
    const isPlain = this.#plain + panel.length <= this.#limit + (isBad ? EXTRA : 0);
    if (isPlain) this.#plain += panel.length;
    const open = isBad && isPlain && this.#opened < OPEN;
    if (open) this.#opened += 1;
    const { id, state, cells } = scenario;
    return {
      id,
      state,
      words: coordinateWords(cells),
      summary: trusted(render(<CaseSummary scenario={scenario} environment={this.#environments.get(scenario.run)} />)),
      open,
      ...(isPlain ? { panel: trusted(panel) } : { packed: this.#pack.add(panel) }),
    };
  }
}

function Contents({ features }: { readonly features: readonly FeatureText[] }) {
  return (
    <nav class="contents" aria-label="Features">
      <ol>
        {features.map(({ uri, name }) => (
          <li>
            <a href={`#${featureAnchor(uri)}`}>{shown(name)}</a> <span class="minor">{shown(uri)}</span>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What the top of the page says of scenarios, which are read once for it. */
function survey(
  scenarios: Iterable<ScenarioResult>,
  environments: ReadonlyMap<string, string>,
): {
  failures: readonly Failure[];
  seen: ReadonlyMap<string, readonly Seen[]>;
} {
  const failures: Failure[] = [];
  const seen = new Map<string, Seen[]>();
  for (const scenario of scenarios) {
    const { id, name, uri, line, run, state, limitations } = scenario;
    const where = environments.get(run);
    const place = `${uri}:${line}${where === undefined ? '' : ` · ${where}`}`;
    if (state !== 'pass') failures.push({ id, name, place, state, reason: reasonOf(scenario) });
    for (const observation of limitations) {
      const here = seen.get(observation.limitation) ?? [];
      if (here.length < 100) here.push({ scenario: { id, name }, observation });
      seen.set(observation.limitation, here);
    }
  }
  return { failures, seen };
}

function beginning(title: string, isLarge: boolean): string {
  const policy = [
    "default-src 'none'",
    `style-src '${digest(STYLE)}'`,
    `script-src '${digest(SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head: Child = (
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{title}</title>
      <style>{trusted(STYLE)}</style>
    </head>
  );
  return `<!doctype html>\n<html lang="en">${render(head)}<body${isLarge ? ' class="large"' : ''}>`;
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
