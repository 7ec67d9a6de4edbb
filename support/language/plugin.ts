import type { Plugin } from '@cucumber/cucumber/api';
import { UserError } from '../model/errors.js';
import { type RedactionRules, Redactor } from '../model/redaction.js';
import { checkLimitations, namesLimitations } from './check-limitations.js';
import { reasonsForSkipping } from './limitation-messages.js';
import { type Plan, PlanRecorder } from './plan.js';
import { YamlFeatures } from './plugin-yaml.js';
import { redactEnvelope } from './redact-envelope.js';

/** Options of the plugin, under the key `mirrorspec` of cucumber's plugin options. */
export interface PluginOptions {
  /**
   * Called when all features are parsed, filtered and ordered, before any scenario starts. What it throws ends the run;
   * cucumber-js wraps it, see `cause`. Without it, mistakes in YAML features are written to stderr.
   */
  readonly onPlan?: (plan: Plan) => void | Promise<void>;
  /** Gathers the plan; given by who wants to know of it even where the run ends before. */
  readonly recorder?: PlanRecorder;
  /** Where YAML features are compiled to, absolute; a temporary folder by default. It is removed when they are parsed. */
  readonly compiledDir?: string;
  /** What is taken out of attachments and errors; by default what the project in the current folder says. */
  readonly redact?: RedactionRules;
}

/** For plain cucumber-js, which would find it out scenario by scenario, and in a dry run never. */
async function refuseUnknownLimitations(plan: Plan, cwd: string): Promise<void> {
  const { projectLimitations, readProject } = await import('./settings/index.js');
  const { limitations, mistakes } = await projectLimitations(cwd, (await readProject(cwd)).config.features);
  const all = mistakes.length > 0 ? mistakes : checkLimitations(plan, limitations.values());
  if (all.length === 0) return;
  const [{ Chalk }, { renderDiagnostics }] = await Promise.all([import('chalk'), import('./render-diagnostics.js')]);
  throw new UserError(renderDiagnostics(all, new Chalk({ level: 0 })));
}

async function rulesOfProject(cwd: string): Promise<RedactionRules> {
  const { readProject } = await import('./settings/index.js');
  return (await readProject(cwd)).config.redact;
}

/** The cucumber-js plugin: runs once, in the coordinator. */
const plugin: Plugin<PluginOptions> = {
  type: 'plugin',
  optionsKey: 'mirrorspec',
  async coordinator({ on, transform, options, environment }) {
    const { recorder = new PlanRecorder(), onPlan, compiledDir } = options;
    const yaml = await YamlFeatures.load(environment.cwd, compiledDir);
    const tellReason = reasonsForSkipping();
    const redactor = new Redactor(options.redact ?? (await rulesOfProject(environment.cwd)));
    on('paths:resolve', (paths) => yaml.find(paths));
    on('message', (envelope) => {
      // The last message before features are parsed, and the first after steps are loaded.
      if (envelope.meta !== undefined) recorder.recordYaml(yaml.compile(), yaml.placeOf);
      tellReason(envelope);
      redactEnvelope(envelope, redactor);
      // A file that only stands for YAML with mistakes is no mistake in Gherkin.
      if (!yaml.relocate(envelope)) recorder.record(envelope);
    });
    transform('pickles:filter', async (pickles) => {
      yaml.dispose();
      const { yamlMistakes } = recorder.plan([]);
      if (onPlan === undefined && yamlMistakes.length > 0) {
        const { stderr } = environment;
        const [{ Chalk }, { renderDiagnostics }] = await Promise.all([
          import('chalk'),
          import('./render-diagnostics.js'),
        ]);
        const colour = new Chalk({ level: 'isTTY' in stderr && stderr.isTTY === true ? 1 : 0 });
        stderr.write(`${renderDiagnostics(yamlMistakes, colour)}\n`);
      }
      return pickles;
    });
    // The last transform before the run: filter, shard and order have been applied.
    transform('pickles:order', async (pickles) => {
      const plan = recorder.plan(pickles);
      if (onPlan !== undefined) await onPlan(plan);
      else if (namesLimitations(plan)) await refuseUnknownLimitations(plan, environment.cwd);
      return pickles;
    });
    return () => yaml.dispose();
  },
};

export default plugin;
