import { observedText } from '../../model/limitation-observation.js';
import type { Attempt, Run, ScenarioResult, StepError } from '../../model/results.js';
import type { ResultsSource } from '../results/write-results.js';
import { xmlAttribute, xmlText } from './xml-text.js';

/** Errors that say that what is specified does not hold; any other is an error of something else. */
const EXPECTED_TYPES = new Set(['ExpectationError', 'AssertionError']);

interface Suite {
  readonly name: string;
  readonly file: string;
  readonly run: Run | undefined;
  readonly cases: string[];
  failures: number;
  errors: number;
  skipped: number;
  milliseconds: number;
}

/**
 * The results as JUnit XML, as Jenkins' schema (junit-10.xsd of its xUnit plugin) and Maven Surefire know it: a suite for each
 * feature in each environment. A known limitation is `<skipped type="known-limitation" message="L4: …">`, as pytest writes expected
 * failures: test views show what is skipped, with its message, and hide what has passed. A scenario that
 * passed at a later try has its earlier failures as `<flakyFailure>`.
 */
export function* junitXml({ head, scenarios }: ResultsSource): Generator<string> {
  const runs = new Map(head.runs.map((run) => [run.id, run]));
  const several = new Set(head.runs.map(({ environment }) => environment.name)).size > 1;
  const suites = new Map<string, Suite>();
  for (const scenario of scenarios()) {
    const run = runs.get(scenario.run);
    const environment = run?.environment.name ?? 'unknown';
    const key = JSON.stringify([environment, scenario.uri]);
    const name = several ? `${scenario.feature} (${environment})` : scenario.feature;
    const suite = suites.get(key) ?? newSuite(name, scenario.uri, run);
    suites.set(key, suite);
    addCase(suite, scenario);
  }
  const all = [...suites.values()];
  const sum = (of: (suite: Suite) => number): number => all.reduce((total, suite) => total + of(suite), 0);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="mirrorspec" tests="${sum(({ cases }) => cases.length)}" failures="${sum(({ failures }) => failures)}" errors="${sum(({ errors }) => errors)}" time="${seconds(sum(({ milliseconds }) => milliseconds))}">\n`;
  for (const suite of all) yield* suiteXml(suite);
  yield '</testsuites>\n';
}

function newSuite(name: string, file: string, run: Run | undefined): Suite {
  return { name, file, run, cases: [], failures: 0, errors: 0, skipped: 0, milliseconds: 0 };
}

function* suiteXml({ name, file, run, cases, failures, errors, skipped, milliseconds }: Suite): Generator<string> {
  const timestamp = run === undefined ? '' : ` timestamp="${run.startedAt.slice(0, 19)}"`;
  yield `  <testsuite name="${xmlAttribute(name)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds(milliseconds)}"${timestamp} file="${xmlAttribute(file)}">\n`;
  if (run !== undefined) yield propertiesXml(run);
  yield* cases;
  yield '  </testsuite>\n';
}

function propertiesXml({ id, environment, commit, command, tool }: Run): string {
  const properties = {
    environment: environment.name,
    'environment.kind': environment.kind,
    'environment.meaning': environment.meaning,
    'mirrorspec.version': tool.version,
    'mirrorspec.run': id,
    'mirrorspec.command': command,
    ...(commit === undefined ? {} : { commit: commit.sha }),
  };
  const lines = Object.entries(properties).map(
    ([name, value]) => `      <property name="${name}" value="${xmlAttribute(value)}"/>\n`,
  );
  return `    <properties>\n${lines.join('')}    </properties>\n`;
}

function addCase(suite: Suite, scenario: ScenarioResult): void {
  const { rule, name, durationMs } = scenario;
  const content = contentOf(suite, scenario);
  const title = rule === undefined ? name : `${rule} - ${name}`;
  const head = `    <testcase classname="${xmlAttribute(suite.name)}" name="${xmlAttribute(title)}" time="${seconds(durationMs)}">\n`;
  suite.milliseconds += durationMs;
  suite.cases.push(`${head}${content.map((line) => `      ${line}\n`).join('')}    </testcase>\n`);
}

function contentOf(suite: Suite, scenario: ScenarioResult): string[] {
  const { state, reason = '', attempts } = scenario;
  const earlier = attempts.slice(0, -1);
  const output = `<system-out>${xmlText(outputOf(scenario))}</system-out>`;
  switch (state) {
    case 'pass':
      return [output];
    case 'flaky':
      return [...earlier.flatMap((attempt) => rerunXml('flakyFailure', attempt)), output];
    case 'fail':
    case 'fixed':
      return [failureXml(suite, scenario), ...earlier.flatMap((attempt) => rerunXml('rerunFailure', attempt)), output];
    case 'known-limitation':
      suite.skipped += 1;
      return [skippedXml(state, known(scenario).join('; '), seen(scenario)), output];
    case 'not-applicable':
    case 'not-tested':
      suite.skipped += 1;
      return [skippedXml(state, skippedBecause(state.replace('-', ' '), reason)), output];
  }
}

function skippedXml(type: string, message: string, text = ''): string {
  return `<skipped type="${type}" message="${xmlAttribute(message)}">${xmlText(text)}</skipped>`;
}

/** Some reasons begin with these words, some do not. */
function skippedBecause(words: string, reason: string): string {
  return reason.startsWith(words) ? reason : `${words}: ${reason}`;
}

function failureXml(suite: Suite, { attempts, state }: ScenarioResult): string {
  const errors = attempts.at(-1)?.errors ?? [];
  const [first] = errors;
  const isFailure = first === undefined || EXPECTED_TYPES.has(first.type);
  if (isFailure) suite.failures += 1;
  else suite.errors += 1;
  const tag = isFailure ? 'failure' : 'error';
  const type = state === 'fixed' ? 'no-longer-limited' : (first?.type ?? 'Error');
  const message = first?.message.split('\n', 1)[0] ?? 'it failed';
  return `<${tag} type="${xmlAttribute(type)}" message="${xmlAttribute(message)}">${xmlText(errors.map(errorText).join('\n\n'))}</${tag}>`;
}

function rerunXml(tag: 'flakyFailure' | 'rerunFailure', { errors, number }: Attempt): string[] {
  const [first] = errors;
  if (first === undefined) return [];
  const message = `attempt ${number}: ${first.message.split('\n', 1)[0] ?? ''}`;
  return [
    `<${tag} type="${xmlAttribute(first.type)}" message="${xmlAttribute(message)}"><stackTrace>${xmlText(errors.map(errorText).join('\n\n'))}</stackTrace></${tag}>`,
  ];
}

function errorText({ step, location, code, message, stack }: StepError): string {
  const places = [location, code === undefined ? undefined : `code: ${code}`].filter((place) => place !== undefined);
  return [`${step}  ${places.join('  ')}`.trimEnd(), message, ...stack].join('\n');
}

/** What a person who looks at one test wants to know beside its failure. */
function outputOf(scenario: ScenarioResult): string {
  const { uri, line, state, verdict, explanation, attempts, evidence, reproduce } = scenario;
  return [
    `${uri}:${line}`,
    `state: ${state}`,
    ...(verdict === undefined ? [] : [`verdict: ${verdict}`]),
    ...(explanation === undefined ? [] : [`because: ${explanation.summary}`]),
    ...known(scenario),
    ...(state === 'known-limitation' ? [seen(scenario)] : []),
    ...(attempts.length > 1 ? [`attempts: ${attempts.map(({ status }) => status).join(', ')}`] : []),
    ...(evidence === undefined ? [] : [`evidence: ${evidence.folder}`]),
    `to run it again: ${reproduce}`,
  ].join('\n');
}

function known({ limitations }: ScenarioResult): string[] {
  return limitations
    .filter(({ outcome }) => outcome === 'known')
    .map(({ limitation, title }) => `known limitation ${limitation}: ${title}`);
}

function seen({ limitations }: ScenarioResult): string {
  const observed = limitations.flatMap((each) => (each.outcome === 'known' ? each.observed.map(observedText) : []));
  return `observed: ${observed.join(', ')}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
