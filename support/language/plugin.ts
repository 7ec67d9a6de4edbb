import type { Plugin } from '@cucumber/cucumber/api';
import { type Plan, PlanRecorder } from './plan.js';
import { YamlFeatures } from './plugin-yaml.js';

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
}

/** The cucumber-js plugin: runs once, in the coordinator. */
const plugin: Plugin<PluginOptions> = {
  type: 'plugin',
  optionsKey: 'mirrorspec',
  async coordinator({ on, transform, options, environment }) {
    const { recorder = new PlanRecorder(), onPlan, compiledDir } = options;
    const yaml = await YamlFeatures.load(environment.cwd, compiledDir);
    on('paths:resolve', (paths) => yaml.find(paths));
    on('message', (envelope) => {
      // The last message before features are parsed, and the first after steps are loaded.
      if (envelope.meta !== undefined) recorder.recordYaml(yaml.compile(), yaml.placeOf);
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
      await onPlan?.(recorder.plan(pickles));
      return pickles;
    });
    return () => yaml.dispose();
  },
};

export default plugin;
