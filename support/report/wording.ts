import type { EnvironmentKind } from '../model/environment-settings.js';
import type { Interaction } from '../model/protocol.js';
import {
  type Results,
  type Run,
  type RunVerdict,
  SCENARIO_STATES,
  type ScenarioResult,
  type ScenarioState,
} from '../model/results.js';
import { visibleLines } from '../model/visible-text.js';
import type { MatrixGroup, MatrixRow } from './matrix.js';

/** How each state is shown: a sign and a word, so that none needs its colour. */
export const STATES: Readonly<
  Record<ScenarioState, { readonly sign: string; readonly word: string; readonly meaning: string }>
> = {
  pass: { sign: '✓', word: 'pass', meaning: 'What the scenario specifies holds.' },
  fail: { sign: '✕', word: 'fail', meaning: 'It does not hold, or something went wrong.' },
  'known-limitation': {
    sign: '◐',
    word: 'known limitation',
    meaning: 'It fell short exactly as a known limitation says. Does not fail the run.',
  },
  fixed: {
    sign: '★',
    word: 'fixed',
    meaning: 'It holds although a known limitation says that it cannot: the tag has to go. Fails the run.',
  },
  flaky: { sign: '≈', word: 'flaky', meaning: 'It came to this only when it was tried again.' },
  'not-applicable': { sign: '–', word: 'not applicable', meaning: 'It says nothing here, and why is told.' },
  'not-tested': { sign: '○', word: 'not tested', meaning: 'Nothing was run for it.' },
};

/** How messages flow, in two words. */
export const INTERACTION_WORDS: Readonly<Record<Interaction, string>> = {
  unary: 'unary',
  'client-streaming': 'client stream',
  'server-streaming': 'server stream',
  'bidi-streaming': 'both stream',
};

export const MESH_WORDS: Readonly<Record<MatrixRow['mesh'], string>> = {
  none: 'no mesh',
  istio: 'Istio',
  'istio-ambient': 'Istio ambient',
  linkerd: 'Linkerd',
  kuma: 'Kuma',
};

export function environmentWord(kind: EnvironmentKind): string {
  return kind === 'embedded' ? 'Embedded mesh' : 'Kubernetes cluster';
}

/** What tells the environments of several runs apart: `Embedded mesh`, `staging (Kubernetes cluster)`, by the run's id; nothing where all ran in one. */
export function environmentLabels(runs: readonly Run[]): ReadonlyMap<string, string> {
  const labels = new Map(runs.map(({ id, environment }) => [id, environmentLabel(environment)] as const));
  return new Set(labels.values()).size > 1 ? labels : new Map();
}

/** `staging (Kubernetes cluster)`; an environment that is named after its kind is told by the kind alone. */
export function environmentLabel({ name, kind }: Pick<Run['environment'], 'name' | 'kind'>): string {
  return name === kind ? environmentWord(kind) : `${name} (${environmentWord(kind)})`;
}

/** How a copy is taken, for a reader who does not know mirrord. */
export function mechanismWords({ profile, listenInterface }: Pick<MatrixGroup, 'profile' | 'listenInterface'>): {
  readonly title: string;
  readonly note: string;
} {
  if (profile === undefined) return { title: 'Without a mirror session', note: 'Nothing is to be copied here.' };
  if (profile === 'redirect') {
    return {
      title: 'Redirected connections',
      note: 'The agent puts itself into each connection and passes everything on (mirrord since 3.151, the only way since 3.181).',
    };
  }
  const what = {
    lo: 'between the sidecar and the application, where a mesh has decrypted everything',
    eth0: "on the pod's network interface, where a mesh encrypts",
  }[listenInterface ?? ''];
  return {
    title:
      listenInterface === undefined ? 'Captured packets, interface unknown' : `Captured packets on ${listenInterface}`,
    note: `The agent reads packets${what === undefined ? '' : ` ${what}`} (mirrord up to 3.180).`,
  };
}

const WORST_FIRST: readonly RunVerdict[] = ['broken', 'interrupted', 'failed', 'passed'];

export function verdictOf(runs: readonly Run[]): RunVerdict {
  return WORST_FIRST.find((verdict) => runs.some((run) => run.verdict === verdict)) ?? 'broken';
}

/** The verdict in one sentence. */
export function verdictSentence(runs: readonly Run[], counts: Results['counts']): string {
  const verdict = verdictOf(runs);
  const gate = runs.find((run) => run.gate?.ok === false)?.gate;
  const total = SCENARIO_STATES.reduce((sum, state) => sum + counts[state], 0);
  const failed = counts.fail + counts.fixed;
  const short = [
    ...(counts['known-limitation'] > 0 ? [plural(counts['known-limitation'], 'known limitation')] : []),
    ...(counts.flaky > 0 ? [`${counts.flaky} only when tried again`] : []),
  ];
  const but = short.length === 0 ? '' : `, with ${short.join(' and ')}`;
  switch (verdict) {
    case 'passed':
      return total === 1
        ? 'The scenario came out as specified.'
        : `All ${total.toLocaleString('en')} scenarios came out as specified${but}.`;
    case 'failed':
      if (failed === 0 && gate !== undefined) {
        return `The gate ${gate.gate} stops the run, although all ${plural(total, 'scenario')} came out as specified${but}.`;
      }
      return `${failed.toLocaleString('en')} of ${plural(total, 'scenario')} failed${but}.`;
    case 'interrupted':
      return `The run was interrupted; ${counts['not-tested']} of ${plural(total, 'scenario')} had not ended.`;
    case 'broken':
      return 'The run could not decide what it was to decide.';
  }
}

/** Why a scenario did not just pass, in one line. */
export function reasonOf({ state, reason, steps, explanation, limitations, attempts }: ScenarioResult): string {
  if (state === 'known-limitation') {
    return limitations
      .filter(({ outcome }) => outcome === 'known')
      .map(({ limitation, title }) => `${limitation}: ${title}`)
      .join('; ');
  }
  const error = steps.find((step) => step.error !== undefined)?.error ?? attempts.flatMap(({ errors }) => errors)[0];
  const text = (state === 'fail' ? explanation?.summary : undefined) ?? reason ?? error?.message.split('\n')[0] ?? '';
  return excerpt(text);
}

/** A line of a list has so many characters at most. */
const EXCERPT = 300;

function excerpt(text: string): string {
  return text.length <= EXCERPT ? visibleLines(text) : `${visibleLines(text.slice(0, EXCERPT))}…`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
