import { declareStep } from '../support/language/index.js';
import { ExpectationError, UserError } from '../support/model/errors.js';
import type { FirstCallOutcome, StartOrder } from '../support/model/startup.js';
import type { MirrorspecWorld } from '../support/world/index.js';

declareStep<MirrorspecWorld, [StartOrder]>({
  keyword: 'Given',
  expression: 'the application starts {start order} its sidecar is ready',
  title: 'which starts first, application or sidecar',
  description: [
    "In which order the workload's application and its sidecar start:",
    '',
    '- `after`: the application starts once the sidecar takes connections, as with `holdApplicationUntilProxyStarts: true`.',
    "- `before`: the application runs, and has made its first call if it makes one, before the sidecar is started. Without that setting chance decides; this is the worse case. The mesh's iptables rules are there already, and lead to ports on which nobody listens.",
    '',
    'Without this step both start side by side. In every case calls are made when all of it runs.',
  ].join('\n'),
  example: 'Given the application starts after its sidecar is ready',
  parameters: [{ name: 'order', description: 'before or after' }],
  yaml: { key: 'application', value: { starts: '{order}', 'relative-to': 'its sidecar' } },
  run(order) {
    this.describe.startup = { ...this.describe.startup, order };
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the application makes a call when it starts',
  title: 'a call at the start',
  description:
    'The workload `echo` calls a server outside of the mesh over HTTP/1.1 as soon as it listens, once. Many applications do: for their configuration, or their database.',
  example: 'Given the application makes a call when it starts',
  yaml: { key: 'application', value: { calls: 'when it starts' } },
  run() {
    this.describe.startup = { ...this.describe.startup, firstCall: true };
  },
});

declareStep<MirrorspecWorld, [FirstCallOutcome]>({
  keyword: 'Then',
  expression: "the application's first call is/was {first call}",
  title: 'what became of the call at the start',
  description: 'How the call ended that the application made when it started.',
  example: "Then the application's first call was answered",
  parameters: [{ name: 'outcome', description: 'how it ended' }],
  yaml: { key: 'application', value: { 'first-call': '{outcome}' } },
  async run(expected) {
    const { firstCall } = await this.deployment();
    if (firstCall === undefined) {
      throw new UserError(
        'the application makes no call when it starts: add "Given the application makes a call when it starts"',
      );
    }
    if (firstCall.outcome === expected) return;
    throw new ExpectationError(`the application's first call was expected to be ${expected}, but: ${firstCall.text}`);
  },
});
