import { redaction } from '../evidence/redact.js';
import { requireProofOfLife } from '../evidence/verdict/proof-of-life.js';
import type { CallPlan } from '../model/call.js';
import { ExpectationError, UserError } from '../model/errors.js';
import { LIMITATION_TAG, type Limitation } from '../model/limitation.js';
import {
  type LimitationObservation,
  type LimitationOutcome,
  OBSERVATION_MEDIA_TYPE,
  type Observed,
  observedText,
} from '../model/limitation-observation.js';
import { type Circumstances, whyNotApplicable } from '../model/limitation-scope.js';
import { interceptionOf } from '../model/situation.js';
import type { CallVerdict } from '../model/verdict.js';
import { requireServed } from './expectations.js';
import type { MirrorspecWorld } from './world.js';

/** The limitations that a scenario is tagged with, and what it shows of them. */
export class ScenarioLimitations {
  readonly #tagged: readonly Limitation[];
  /** Those that explain what fell short. */
  readonly #known = new Set<Limitation>();
  #shortfalls: readonly CallVerdict[] = [];

  get tagged(): readonly Limitation[] {
    return this.#tagged;
  }

  private constructor(tagged: readonly Limitation[]) {
    this.#tagged = tagged;
  }

  /**
   * Those that the tags of a scenario name; undefined where they name none.
   * @throws {UserError} for one that nobody declares.
   */
  static of(tags: readonly { readonly name: string }[], declared: readonly Limitation[]) {
    const ids = tags.flatMap(({ name }) => (name.startsWith(LIMITATION_TAG) ? name.slice(LIMITATION_TAG.length) : []));
    if (ids.length === 0) return undefined;
    const byId = new Map(declared.map((limitation) => [limitation.id, limitation]));
    return new ScenarioLimitations(
      [...new Set(ids)].map((id) => {
        const limitation = byId.get(id);
        if (limitation === undefined) throw new UserError(`there is no limitation "${id}"`);
        return limitation;
      }),
    );
  }

  /**
   * Decides whether a step that failed only shows what is known. Then it is told, and the rest of the scenario is skipped; everything
   * else is thrown: what is no verdict, another verdict or cause than declared, and a limitation that does not apply here.
   */
  async judge(world: MirrorspecWorld, error: unknown): Promise<'skipped'> {
    if (!(error instanceof ExpectationError) || error.verdicts === undefined) throw error;
    const { evidence } = await world.verdicts();
    const { verdicts } = error;
    const circumstances = await circumstancesOf(world);
    const applicable = this.#tagged.filter((limitation) => whyNotApplicable(limitation, circumstances) === undefined);
    const explained = verdicts.map((verdict) => applicable.find((limitation) => explains(limitation, verdict)));
    if (explained.includes(undefined)) throw withNotes(error, this.#notes(circumstances));
    for (const limitation of explained) if (limitation !== undefined) this.#known.add(limitation);
    for (const { verdict, explanation } of verdicts) {
      if (verdict !== 'not-mirrored') continue;
      requireServed(world, explanation?.cause);
      // Where the local process is found to be gone, nothing can answer through the session.
      if (explanation?.cause !== 'local-process-down') requireProofOfLife(evidence);
    }
    this.#shortfalls = verdicts;
    await this.#tell(world, 'known');
    const [told = ''] = [...this.#known].map(({ id, title }) => `${id}: ${title}`);
    world.log(
      `known limitation ${told}\nobserved: ${observedOf(verdicts).map(observedText).join(', ')}\n\n${error.message}`,
    );
    return 'skipped';
  }

  /**
   * Tells at the end of a scenario what it showed.
   * @throws {ExpectationError} if it passed although a limitation applies.
   */
  async conclude(world: MirrorspecWorld, status: 'passed' | 'failed' | 'skipped'): Promise<void> {
    if (this.#shortfalls.length > 0 && status === 'skipped') return;
    await this.#tell(
      world,
      status === 'passed' ? 'no-longer-limited' : status === 'failed' ? 'failed' : 'not-observed',
    );
    if (status !== 'passed') return;
    const circumstances = await circumstancesOf(world);
    const cured = this.#tagged.filter((limitation) => appliesToACall(world, limitation, circumstances));
    if (cured.length === 0) return;
    const tags = cured.map(({ id }) => `${LIMITATION_TAG}${id}`);
    const lines = cured.map(
      ({ id, title, expect }) =>
        `  ${id}: ${title}${expect === undefined ? '' : ` (expected: ${expectedText({ expect })})`}`,
    );
    throw new ExpectationError(
      [
        `no longer limited: remove the tag ${tags.join(' ')}`,
        'The scenario holds, although this is known to fall short:',
        ...lines,
      ].join('\n'),
    );
  }

  async #tell(world: MirrorspecWorld, outcome: LimitationOutcome): Promise<void> {
    const verdicts = this.#shortfalls.length > 0 ? this.#shortfalls : verdictsOnLastCalls(world);
    const circumstances = await circumstancesOf(world);
    const { session, call, mesh } = circumstances;
    const observations = this.#tagged.map((limitation): LimitationObservation => {
      const notApplicable = appliesToACall(world, limitation, circumstances)
        ? undefined
        : whyNotApplicable(limitation, circumstances);
      return {
        limitation: limitation.id,
        title: limitation.title,
        outcome: outcomeOf(outcome, notApplicable !== undefined, this.#known.has(limitation)),
        observed: observedOf(verdicts),
        mesh,
        ...session,
        ...call,
        ...(notApplicable === undefined ? {} : { notApplicable }),
      };
    });
    world.attach(JSON.stringify(redaction().deep(observations)), {
      mediaType: OBSERVATION_MEDIA_TYPE,
      fileName: 'limitations.json',
    });
  }

  /** Why none of them explains what fell short. */
  #notes(circumstances: Circumstances): readonly string[] {
    return this.#tagged.map((limitation) => {
      const reason = whyNotApplicable(limitation, circumstances);
      return reason === undefined
        ? `the known limitation ${limitation.id} does not explain it: expected of it is ${expectedText(limitation)}`
        : `the known limitation ${limitation.id} does not apply: ${reason}`;
    });
  }
}

function outcomeOf(outcome: LimitationOutcome, notApplicable: boolean, known: boolean): LimitationOutcome {
  if (outcome === 'known') return known ? 'known' : 'not-observed';
  return outcome === 'no-longer-limited' && notApplicable ? 'not-applicable' : outcome;
}

function explains({ expect }: Limitation, { verdict, explanation }: CallVerdict): boolean {
  if (expect === undefined || expect.verdict !== verdict) return false;
  return expect.because === undefined || expect.because === explanation?.cause;
}

function expectedText({ expect }: Pick<Limitation, 'expect'>): string {
  if (expect === undefined) return 'no verdict at all';
  return expect.because === undefined ? expect.verdict : `${expect.verdict} because of ${expect.because}`;
}

/** Whether it applies to any of the calls that were made. */
function appliesToACall(world: MirrorspecWorld, limitation: Limitation, last: Circumstances): boolean {
  const calls = world.batches.map(({ plan }) => ({ ...last, call: callOf(plan) }));
  return (calls.length === 0 ? [last] : calls).some((each) => whyNotApplicable(limitation, each) === undefined);
}

function verdictsOnLastCalls(world: MirrorspecWorld): readonly CallVerdict[] {
  const ids = world.batches.at(-1)?.plan.ids ?? [];
  return ids.flatMap((id) => world.verdictsIfDecided?.get(id) ?? []);
}

/** Those of the last call. */
async function circumstancesOf(world: MirrorspecWorld): Promise<Circumstances> {
  const session = await world.deploymentIfBuilt?.session?.report();
  const plan = world.batches.at(-1)?.plan;
  const mtls = world.policyOf(plan?.target.port);
  const interception = interceptionOf(world.mesh);
  return {
    environment: world.run.environment.kind,
    mesh: world.mesh.kind,
    ...(mtls === undefined ? {} : { mtls }),
    ...(interception === undefined ? {} : { interception }),
    caller: world.caller,
    ...(session === undefined
      ? {}
      : {
          session: {
            profile: session.profile,
            version: session.version,
            ...(session.listenInterface === undefined ? {} : { listenInterface: session.listenInterface }),
          },
        }),
    ...(plan === undefined ? {} : { call: callOf(plan) }),
  };
}

/** In TLS of the application's own it does not matter what is said. */
function callOf({ protocol, interaction, target }: CallPlan): NonNullable<Circumstances['call']> {
  return { protocol: target.tls === true ? 'TLS' : protocol, interaction };
}

function observedOf(verdicts: readonly CallVerdict[]): readonly Observed[] {
  const distinct = new Map<string, Observed>();
  for (const { verdict, explanation } of verdicts) {
    const observed: Observed = explanation === undefined ? { verdict } : { verdict, cause: explanation.cause };
    distinct.set(observedText(observed), observed);
  }
  return [...distinct.values()];
}

/** The same error, which says more; it keeps where it was thrown. */
function withNotes(error: ExpectationError, notes: readonly string[]): ExpectationError {
  const message = [error.message, ...notes].join('\n');
  const told = new ExpectationError(message, { verdicts: error.verdicts });
  told.stack = error.stack?.replace(error.message, () => message) ?? message;
  return told;
}
