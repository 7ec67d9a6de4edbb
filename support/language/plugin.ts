import type { Plugin } from '@cucumber/cucumber/api';
import { type Plan, PlanRecorder } from './plan.js';

/** Options of the plugin, under the key `mirrorspec` of cucumber's plugin options. */
export interface PluginOptions {
  /**
   * Called when all features are parsed, filtered and ordered, before any scenario starts. What it throws ends the run;
   * cucumber-js wraps it, see `cause`.
   */
  readonly onPlan?: (plan: Plan) => void | Promise<void>;
}

/** The cucumber-js plugin: runs once, in the coordinator. */
const plugin: Plugin<PluginOptions> = {
  type: 'plugin',
  optionsKey: 'mirrorspec',
  coordinator({ on, transform, options }) {
    const recorder = new PlanRecorder();
    on('message', (envelope) => recorder.record(envelope));
    // The last transform before the run: filter, shard and order have been applied.
    transform('pickles:order', async (pickles) => {
      await options.onPlan?.(recorder.plan(pickles));
      return pickles;
    });
  },
};

export default plugin;
