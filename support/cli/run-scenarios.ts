import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { ISupportCodeLibrary } from '@cucumber/cucumber/api';
import { type IRunOptions, loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { checkPlan, stepLibraryOf } from '../language/check.js';
import { checkLimitations, namesLimitations } from '../language/check-limitations.js';
import { type Diagnostic, sortDiagnostics } from '../language/diagnostic.js';
import { InterruptedError } from '../language/interruption.js';
import { parseErrorDiagnostic } from '../language/parse-error.js';
import { type Plan, PlanRecorder } from '../language/plan.js';
import type { PluginOptions } from '../language/plugin.js';
import type { ResolvedEnvironment } from '../language/settings/index.js';
import { fileOfUri } from '../language/yaml/feature-path.js';
import { EXIT, type ExitCode, messageOf } from '../model/errors.js';
import type { Limitation } from '../model/limitation.js';
import { withoutPipelineCommands } from '../model/pipeline-commands.js';
import { type RedactionRules, Redactor } from '../model/redaction.js';
import { GENERATED_FEATURE } from '../model/results.js';
import { RUN_PARAMETERS_KEY, type RunParameters, STEP_TIMEOUT_VARIABLE } from '../model/run-parameters.js';
import { tagSyntaxMistake } from '../model/tag-expression.js';
import { visibleText } from '../model/visible-text.js';
import { earlierDurations } from '../report/earlier-durations.js';
import { PlanIndex } from '../report/plan-index.js';
import { type ProgressOptions, plural, wasInterrupted } from '../report/progress.js';
import { carriersOf } from '../report/results/run-facts.js';
import type { ResultsOptions } from '../report/results-formatter.js';
import { Tally } from '../report/tally.js';
import { RESULTS_FILE } from '../report/write-reports.js';
import { isOnGitHub, runAnnotations } from './annotations.js';
import { closingText } from './closing.js';
import { exitCodeOf } from './exit-code.js';
import type { GatePolicy } from './gate-policy.js';
import { InvalidInput } from './invalid-input.js';
import { declaredLimitations, knownLimitations } from './known-limitations.js';
import { loadSteps } from './load-steps.js';
import { demand, demandSupport, requirementsOf, sidecarsIn } from './preflight.js';
import { DEFAULT_FEATURES, featurePaths, ownModule, shown } from './project.js';
import { ReportDirectory } from './report-directory.js';
import { writeRerun } from './run-again.js';
import { writeLimitations } from './run-limitations.js';
import { RunResults } from './run-results.js';
import { settingsJson, settingsLine } from './settings-text.js';
import { RunSignals } from './signals.js';
import { StreamComplaints } from './stream-complaints.js';
import type { Rerun } from './watch-selection.js';
import { tellSupervisor } from './watched-run.js';

export interface RunRequest {
  readonly cwd: string;
  readonly paths: readonly string[];
  readonly tags: string;
  readonly names: readonly string[];
  readonly parallel: number | 'auto';
  readonly retry: number;
  /** `i/n`, valid; undefined: all scenarios. */
  readonly shard?: string | undefined;
  readonly keep: boolean;
  readonly dryRun: boolean;
  readonly reportDir: string;
  /** What a supervisor of `--watch` has this run for. */
  readonly watched?: Rerun | undefined;
  /** Folders of the project's features; known limitations are below them. */
  readonly featureFolders: readonly string[];
  /** Folders of `.proto` files, relative to `cwd`. */
  readonly protoPath: readonly string[];
  /** What is taken out of everything that is shown or stored. */
  readonly redact: RedactionRules;
  readonly environment: ResolvedEnvironment;
  /** Options that scenarios are run again with: those that chose the environment. */
  readonly environmentOptions: readonly string[];
  /** What the run has to reach. */
  readonly gate?: GatePolicy | undefined;
}

/** Thrown by a dry run to stop cucumber-js once everything has been checked. */
class Checked extends Error {}

/**
 * Checks everything that can be checked without running it, then runs the selected scenarios.
 * @throws {InvalidInput} with all mistakes, `EnvironmentError` when the machine cannot run scenarios; nothing was run then.
 */
export async function runScenarios(request: RunRequest): Promise<ExitCode> {
  const { cwd, environment } = request;
  const { settings } = environment;
  const features = featurePaths(request.paths, cwd);
  if (features.mistakes.length > 0) throw new InvalidInput(features.mistakes);

  // Looking at the machine takes as long as loading the steps: side by side.
  const requirements = request.dryRun ? Promise.resolve([]) : requirementsOf(settings, 'missing');
  requirements.catch(() => undefined);
  process.setSourceMapsEnabled(true);
  // Cucumber-js fixes the timeout when it loads World and hooks, in workers too.
  process.env[STEP_TIMEOUT_VARIABLE] = String(settings.timeouts.stepMs);
  const support = await loadSteps(cwd);
  const reports = new ReportDirectory(resolve(cwd, request.reportDir));
  if (request.watched === 'everything') {
    tellSupervisor({ paths: shownPaths(request), reportDir: relative(cwd, reports.path) });
  }
  reports.prepare();
  reports.write(
    'environment.json',
    `${JSON.stringify(new Redactor(request.redact).deep(settingsJson(environment)), undefined, 2)}\n`,
  );

  const index = new PlanIndex();
  const tally = new Tally(index);
  const recorder = new PlanRecorder();
  const signals = new RunSignals(() => process.exit(finishInterrupted(reports, complete)), {
    watched: request.watched !== undefined,
  });
  // A worker that alone got a signal skips whatever it is given from then on: nothing more comes of such a run either.
  const isInterrupted = (): boolean => signals.interrupted || tally.results.some(wasInterrupted);
  const results = new RunResults(request, reports.staging, {
    plan: index,
    isInterrupted,
  });
  const complete = (code: ExitCode): ExitCode => results.write(code);
  const onExit = (): void => reportSilentExit(reports, complete);
  process.on('exit', onExit);
  const options = await cucumberOptions(request, features.paths, support, reports);
  const selection = { ...request, paths: shownPaths(request) };
  const complaints = new StreamComplaints(reports);
  let planned = false;
  const onPlan = async (plan: Plan): Promise<void> => {
    planned = true;
    const { limitations, mistakes: ofLimitations } = await limitationsOf(plan, request);
    const mistakes = sortDiagnostics([...checkPlan(plan, stepLibraryOf(support), selection), ...ofLimitations]);
    if (mistakes.length > 0) throw new InvalidInput(mistakes);
    if (!request.dryRun) demandSupport(settings);
    demand(await requirements);
    if (request.dryRun) throw new Checked(planText(plan));
    if (signals.interrupted) throw new InterruptedError();
    addLimitations(options, limitations);
    results.recorder.declare(limitations);
    options.runtime.parallel = workersFor(request.parallel, plan.selected.length);
  };
  handOver(
    options,
    { onPlan, recorder, compiledDir: join(reports.staging, 'compiled'), redact: request.redact },
    { tally, recorder: results.recorder, earlier: () => earlierDurations(join(reports.path, RESULTS_FILE)) },
  );

  try {
    const { success } = await runCucumber(options, { cwd, env: workerEnvironment(), stderr: complaints });
    complaints.throwIfAny();
    // Without any file cucumber-js has nothing to plan.
    if (!planned) throw new InvalidInput(checkPlan(recorder.plan([]), stepLibraryOf(support), selection));
    const carriers = carriersOf(results.recorder.facts, sidecarsIn(await requirements));
    writeLimitations(tally, reports, [settings.name, ...carriers].join('; '));
    writeRerun(tally, reports.staging, isInterrupted());
    const code = complete(exitCodeOf(tally, { success, interrupted: isInterrupted() }));
    const published = reports.publish();
    const { stdout, stderr } = closingText({
      tally,
      code,
      published,
      reportDir: shown(reports.path, cwd),
      environment: redactedLine(settingsLine(environment), request.redact),
      carriers,
    });
    process.stderr.write(stderr);
    process.stdout.write(stdout);
    if (isOnGitHub(process.env)) process.stdout.write(runAnnotations(tally, { cwd, env: process.env }));
    const { gateReport } = results;
    if (gateReport !== undefined) {
      const { gateOutput } = await import('./gate-output.js');
      process.stdout.write(`\n${await gateOutput(gateReport, 'text')}`);
    }
    return code;
  } catch (error) {
    const unwritable = complaints.reason ?? reports.faultOf(rootCauseOf(error));
    if (tally.runFailures.length > 0 && unwritable === undefined) {
      closeAtOnce(reports, () => complete(exitCodeOf(tally, { success: false, interrupted: signals.interrupted })));
    } else reports.discard();
    const reason = unwritable ?? rootCauseOf(error);
    if (reason instanceof Checked) {
      process.stdout.write(reason.message);
      return EXIT.asExpected;
    }
    if (signals.interrupted) {
      if (unwritable !== undefined) process.stderr.write(`error: ${unwritable.message}\n`);
      return EXIT.interrupted;
    }
    const invalidTags = tagMistake(reason);
    if (invalidTags === undefined) throw reason;
    const plan = recorder.plan([]);
    const parseErrors = plan.parseErrors.map((each) => parseErrorDiagnostic(each, plan.sources));
    throw new InvalidInput([invalidTags, ...parseErrors, ...plan.yamlMistakes]);
  } finally {
    process.off('exit', onExit);
    signals.dispose();
  }
}

/** Most runs need none; their files are read only where a scenario is tagged with one. */
async function limitationsOf(
  plan: Plan,
  { cwd, featureFolders }: RunRequest,
): Promise<{ readonly limitations: readonly Limitation[]; readonly mistakes: readonly Diagnostic[] }> {
  if (!namesLimitations(plan)) return { limitations: [], mistakes: [] };
  const { limitations: declared, mistakes } = namesCells(plan)
    ? await knownLimitations(cwd, featureFolders)
    : await declaredLimitations(cwd, featureFolders);
  return { limitations: declared, mistakes: mistakes.length > 0 ? mistakes : checkLimitations(plan, declared) };
}

/** Whether any of the scenarios is a cell of a matrix, which is tagged with what comes with mirrorspec, too. */
function namesCells({ selected, sources }: Plan): boolean {
  return selected.some(({ pickle }) => sources.get(pickle.uri)?.startsWith(GENERATED_FEATURE) === true);
}

async function cucumberOptions(
  request: RunRequest,
  paths: readonly string[],
  support: ISupportCodeLibrary,
  reports: ReportDirectory,
): Promise<IRunOptions> {
  const parameters: RunParameters = {
    environment: request.environment.settings,
    limitations: [],
    protoPath: request.protoPath.map((folder) => resolve(request.cwd, folder)),
    evidenceDir: join(reports.staging, 'evidence'),
    evidenceHref: 'evidence',
    keep: request.keep,
    redact: request.redact,
  };
  const { runConfiguration } = await loadConfiguration(
    {
      file: false,
      provided: {
        paths: [...paths],
        tags: request.tags,
        name: [...request.names],
        retry: request.retry,
        ...(request.shard === undefined ? {} : { shard: request.shard }),
        worldParameters: { [RUN_PARAMETERS_KEY]: JSON.parse(JSON.stringify(parameters)) },
        plugin: [ownModule('support/language/plugin.js')],
        format: [
          [ownModule(`support/report/${request.dryRun ? 'silent' : 'progress'}.js`)],
          [ownModule('support/report/results-formatter.js'), join(reports.staging, RESULTS_FILE)],
          ['html', join(reports.staging, 'cucumber.html')],
          ['message', join(reports.staging, 'messages.ndjson')],
        ],
      },
    },
    { cwd: request.cwd },
  );
  return { ...runConfiguration, support };
}

/** What was set by hand may be a credential. */
function redactedLine(line: string | undefined, redact: RedactionRules): string | undefined {
  return line === undefined ? undefined : new Redactor(redact).text(line);
}

/** Options of plugins and formatters are typed as JSON, but within one process they pass as they are. */
function handOver(options: IRunOptions, plugin: PluginOptions, formatters: ProgressOptions & ResultsOptions): void {
  if (options.plugins !== undefined) Object.assign(options.plugins.options, { mirrorspec: plugin });
  Object.assign(options.formats.options, { mirrorspec: formatters });
}

/** They are known only when it is known which scenarios will run. */
function addLimitations({ runtime }: IRunOptions, limitations: readonly Limitation[]): void {
  const parameters = (runtime.worldParameters as { readonly [RUN_PARAMETERS_KEY]: object })[RUN_PARAMETERS_KEY];
  Object.assign(parameters, { limitations });
}

/** Workers map stack traces to sources too. A worker that is a thread takes options of Node.js from its environment only. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', ...environment } = process.env;
  return { ...environment, NODE_OPTIONS: `${NODE_OPTIONS} --enable-source-maps`.trim() };
}

/** 0 means: in this process. A single worker would only cost its start. */
function workersFor(wanted: number | 'auto', scenarios: number): number {
  const workers = Math.min(wanted === 'auto' ? availableParallelism() : wanted, scenarios);
  return workers > 1 ? workers : 0;
}

function shownPaths(request: RunRequest): readonly string[] {
  return request.paths.length === 0 ? [DEFAULT_FEATURES] : request.paths;
}

function planText({ selected }: Plan): string {
  const lines = selected.map(({ pickle, location }) => `${fileOfUri(pickle.uri)}:${location.line}  ${pickle.name}`);
  return `${withoutPipelineCommands(lines.map(visibleText).join('\n'))}\n\n${plural(selected.length, 'scenario')} checked, nothing is wrong with them\n`;
}

/** Cucumber-js wraps what a plugin throws. */
function rootCauseOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootCauseOf(error.cause) : error;
}

function tagMistake(error: unknown): Diagnostic | undefined {
  const mistake = tagSyntaxMistake(messageOf(error));
  if (mistake === undefined) return undefined;
  return {
    message: `the tag expression '${mistake.expression}' cannot be understood: ${mistake.reason}`,
    help: ["for example: --tags '@smoke and not (@slow or @wip)'"],
  };
}

function finishInterrupted(reports: ReportDirectory, complete: (code: ExitCode) => ExitCode): ExitCode {
  closeAtOnce(reports, () => complete(EXIT.interrupted));
  return EXIT.interrupted;
}

/** Reports what is known of a run that cannot go on, if the machine takes it. */
function closeAtOnce(reports: ReportDirectory, complete: () => void): void {
  try {
    complete();
    reports.publish();
  } catch (error) {
    reports.discard();
    process.stderr.write(`error: ${messageOf(reports.faultOf(error) ?? error)}\n`);
  }
}

/** A step that ends the process would otherwise pass for a success. */
function reportSilentExit(reports: ReportDirectory, complete: (code: ExitCode) => ExitCode): void {
  if (process.exitCode === EXIT.interrupted) return;
  process.stderr.write('internal error: the process was ended from within, before the run was complete\n');
  closeAtOnce(reports, () => complete(EXIT.internal));
  process.exitCode = EXIT.internal;
}
