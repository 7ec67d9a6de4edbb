import { declareStep } from '../support/language/index.js';
import type { Cause } from '../support/model/verdict.js';
import { expectMirrored, expectNotMirrored, expectPartlyMirrored } from '../support/world/expectations.js';
import type { MirrorspecWorld } from '../support/world/index.js';

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['it is mirrored', 'they are mirrored', 'all of them are mirrored'],
  title: 'it is mirrored',
  description: [
    'For every call of the last When-step, the local process received exactly what the caller sent, exactly once: method, path, headers, every message byte, order, half-close, trailers. And the workload served it, and the caller got the workload’s answer unharmed. And nothing arrived that no call explains.',
    '',
    'A failure shows what was sent, what arrived, and the explanation found in the evidence.',
  ].join('\n'),
  example: 'Then it is mirrored',
  yaml: [{ key: 'mirrored' }, { key: 'mirrored', value: 'all', expression: 'all of them are mirrored' }],
  run() {
    return expectMirrored(this);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['it is not mirrored', 'they are not mirrored', 'none of them is mirrored'],
  title: 'it is not mirrored',
  description:
    'No call of the last When-step reached the local process, although each was served and answered. The step fails unless the session was proved alive: a marked frame crossed its capture after the calls, and the local process answered through it.',
  example: 'Then it is not mirrored',
  yaml: [
    { key: 'mirrored', value: false },
    { key: 'mirrored', value: 'none', expression: 'none of them is mirrored' },
  ],
  run() {
    return expectNotMirrored(this);
  },
});

declareStep<MirrorspecWorld, [Cause]>({
  keyword: 'Then',
  expression: ['it is not mirrored because of {cause}', 'they are not mirrored because of {cause}'],
  title: 'it is not mirrored, and why',
  description: 'Like "it is not mirrored", and the evidence shows this cause.',
  example: 'Then it is not mirrored because of encrypted-interface',
  parameters: [{ name: 'cause', description: 'the cause that the evidence must show' }],
  yaml: { key: 'not-mirrored' },
  run(cause) {
    return expectNotMirrored(this, cause);
  },
});

declareStep<MirrorspecWorld, [Cause]>({
  keyword: 'Then',
  expression: [
    'only a part of it is mirrored because of {cause}',
    'only a part of each is mirrored because of {cause}',
  ],
  title: 'only a part is mirrored, and why',
  description:
    'Of every call of the last When-step the local process received a part that is right as far as it goes, and the evidence shows why the rest is missing. Caller and workload noticed nothing of it.',
  example: 'Then only a part of it is mirrored because of local-process-down',
  parameters: [{ name: 'cause', description: 'the cause that the evidence must show' }],
  yaml: { key: 'partly-mirrored' },
  run(cause) {
    return expectPartlyMirrored(this, cause);
  },
});
