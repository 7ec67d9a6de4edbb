import { setTimeout as delay } from 'node:timers/promises';
import { type IWorldOptions, World } from '@cucumber/cucumber';
import { environmentFor } from '../environment/choose.js';
import type { Deployment } from '../environment/environment.js';
import { redactBy } from '../evidence/redact.js';
import { decide, decideAll } from '../evidence/verdict/decide.js';
import { interruption } from '../language/interruption.js';
import type { MirrorSession } from '../mirror/session.js';
import type { CallOutcome, CallPlan } from '../model/call.js';
import { ExpectationError, UserError } from '../model/errors.js';
import { PROTOCOLS, type Protocol } from '../model/protocol.js';
import { type RunParameters, runParametersOf } from '../model/run-parameters.js';
import type { IpFamily, MtlsPolicy, Situation } from '../model/situation.js';
import type { CallVerdict, EndOnPurpose, Evidence } from '../model/verdict.js';
import { CallDraft, SituationDraft } from './draft.js';
import type { EvidenceFolder } from './evidence-folder.js';
import type { ScenarioLimitations } from './limitations.js';
import { openAhead } from './open-ahead.js';
import { type CallRequest, planCalls, typesThatCallsMayNeed } from './plan.js';
import { isStillUnderWay, mayStillComplete } from './still-under-way.js';
import { StreamBatch } from './stream-batch.js';

/** How often to look again, in milliseconds. */
const POLL_MS = 10;
/** What a stream without a stated deadline is given. */
const LONGEST_STREAM_MS = 3_600_000;

/** One When-step's calls: what was asked for and how each ended. */
export interface Batch {
  readonly plan: CallPlan;
  /** Throws `UserError` while streams are open. */
  readonly outcomes: readonly CallOutcome[];
  /** A mirror session was running when they began. */
  readonly mirrored: boolean;
}

/**
 * What the steps of one scenario share. Given-steps fill the drafts; the first step that needs the situation has it built;
 * `dispose` ends everything.
 */
export class MirrorspecWorld extends World {
  readonly run: RunParameters;
  readonly call: CallDraft;
  readonly batches: Batch[] = [];
  /** The protocols that the scenario's text names; all of them if it names none. */
  protocols: readonly Protocol[] = PROTOCOLS;
  /** Those that it does name. */
  namedProtocols: readonly Protocol[] = [];
  /** The text of its steps. */
  scenarioText = '';
  /** Set when the scenario's steps run; tells where evidence goes. */
  evidenceFolder: EvidenceFolder | undefined;
  /** The known limitations that the scenario is tagged with, if any. */
  limitations: ScenarioLimitations | undefined;
  readonly #draft: SituationDraft;
  readonly #abort = new AbortController();
  #signal: AbortSignal | undefined;
  #building: Promise<Deployment> | undefined;
  #broken: Error | undefined;
  #deployment: Deployment | undefined;
  #decided: { readonly evidence: Evidence; readonly verdicts: ReadonlyMap<string, CallVerdict> } | undefined;

  constructor(options: IWorldOptions) {
    super(options);
    this.run = runParametersOf(options.parameters);
    redactBy(this.run.redact);
    const { environment, protoPath } = this.run;
    this.call = new CallDraft(environment.timeouts.callMs, protoPath);
    this.#draft = new SituationDraft(environment);
  }

  /** Aborts when the scenario is over or a part of its deployment has ended. Every wait takes it. */
  get signal(): AbortSignal {
    // Not made before it is asked for: a scenario that waits for nothing needs none.
    this.#signal ??= AbortSignal.any([this.#abort.signal, interruption]);
    return this.#signal;
  }

  /** The situation to describe. Once it is built a description would come too late: an error. */
  get describe(): SituationDraft {
    if (this.#building !== undefined) {
      throw new UserError('the situation has been built already: move this Given-step before the first When-step');
    }
    return this.#draft;
  }

  /** Calls from now on go to addresses of this version of IP, which the pods must have when they are built. */
  callOver(family: IpFamily): void {
    if (family === 'IPv6' && !this.#draft.dualStack) this.describe.dualStack = true;
    this.call.ipFamily = family;
  }

  /** The mesh as described so far. */
  get mesh(): Situation['mesh'] {
    return this.#draft.mesh;
  }

  /** Closes the connections that the caller keeps, so that its next call opens one. */
  async disconnectCaller(): Promise<void> {
    await (await this.deployment()).disconnect(this.signal);
  }

  /** Who makes the calls, as described so far. */
  get caller(): Situation['caller'] {
    return this.#draft.whoCalls;
  }

  /** What the mesh requires of connections to a port, as described so far. Absent without a mesh. */
  policyOf(port: number | undefined): MtlsPolicy | undefined {
    return this.#draft.policyOf(port);
  }

  /** The situation as described so far. */
  get situation(): Situation {
    return this.#draft.situation();
  }

  /** Whether a step needed the situation, be it that building it failed. */
  get wasAskedToBuild(): boolean {
    return this.#building !== undefined;
  }

  /** What was built, or nothing yet. */
  get deploymentIfBuilt(): Deployment | undefined {
    return this.#deployment;
  }

  /** Which part of the deployment has ended, if one has. Whatever a step finds wrong from then on is of no account. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  /** What the Given-steps describe, built when it is first asked for. */
  deployment(): Promise<Deployment> {
    this.#building ??= this.#build(undefined);
    return this.#building;
  }

  /** The mirror session that was started last; throws why there is none. */
  async session(): Promise<MirrorSession> {
    const deployment = await this.deployment();
    if (deployment.mirrorFailure !== undefined) throw deployment.mirrorFailure;
    if (deployment.session !== undefined) return deployment.session;
    throw new UserError(
      this.#draft.mirrorLater
        ? 'the mirror session has not been started yet: add "When the mirror session is started"'
        : 'the scenario has no mirror session: it says that there is no mirror',
    );
  }

  /** The same, as long as it is running. */
  async runningSession(): Promise<MirrorSession> {
    await this.session();
    const { runningSession } = await this.deployment();
    if (runningSession !== undefined) return runningSession;
    throw new UserError('the mirror session has been stopped: there is nothing that could mirror');
  }

  /** Builds the situation, and starts the mirror session if it is not running. Why it cannot start is for a Then-step to expect. */
  async startSession(): Promise<void> {
    const deployment = await this.deployment();
    if (deployment.runningSession !== undefined || deployment.mirrorFailure !== undefined) return;
    await deployment.startMirror(this.signal);
    this.#decided = undefined;
  }

  /** Ends the mirror session, once all that it has taken has been delivered. */
  async stopSession(): Promise<void> {
    await this.runningSession();
    await this.#flush();
    await (await this.deployment()).stopMirror();
    this.#decided = undefined;
  }

  /** Makes a batch of calls and remembers how they ended. */
  async makeCalls(request: CallRequest): Promise<Batch> {
    const { deployment, ...prepared } = await this.#prepare(request);
    const batch = { ...prepared, outcomes: await deployment.call(prepared.plan, this.signal) };
    this.batches.push(batch);
    this.#decided = undefined;
    return batch;
  }

  /** Opens streams, which further steps go on with. They end when they are told to, or at a deadline that a step has said. */
  async openStreams(request: CallRequest): Promise<StreamBatch> {
    const { deployment, plan, mirrored } = await this.#prepare(request);
    const { callMs } = this.run.environment.timeouts;
    const lasting = { ...plan, timeoutMs: this.call.deadlineMs ?? LONGEST_STREAM_MS };
    const streams = await deployment.open(lasting, this.signal);
    const batch = new StreamBatch({ plan: lasting, mirrored, streams, patienceMs: callMs });
    this.batches.push(batch);
    this.#decided = undefined;
    return batch;
  }

  /** The streams that were opened last. Whoever asks for them is about to change what has been decided. */
  get streams(): StreamBatch {
    const batch = this.batches.findLast((each) => each instanceof StreamBatch);
    if (batch === undefined) {
      throw new UserError(
        'no stream has been opened yet: add for example "When a bidi-streaming gRPC-over-HTTP/2 stream is opened"',
      );
    }
    this.#decided = undefined;
    return batch;
  }

  /** The last batch, once it is over. Streams must have been told how they end. */
  async settledBatch(): Promise<Batch> {
    const batch = this.lastBatch;
    if (batch instanceof StreamBatch) await batch.settle(this.signal);
    return batch;
  }

  async #prepare(request: CallRequest): Promise<{ readonly deployment: Deployment } & Omit<Batch, 'outcomes'>> {
    const situation = this.#draft.situation();
    this.#building ??= this.#build(request.protocol);
    const deployment = await this.#building;
    if (deployment.mirrorFailure !== undefined) throw deployment.mirrorFailure;
    const plan = planCalls(request, this.call, situation, (port, family) => deployment.target(port, family));
    return { deployment, plan, mirrored: deployment.runningSession !== undefined };
  }

  /** The last batch: what "it" means in a Then-step. */
  get lastBatch(): Batch {
    const batch = this.batches.at(-1);
    if (batch === undefined) throw new UserError('no call has been made yet: add a When-step before this one');
    return batch;
  }

  /**
   * The verdicts on all calls so far, once everything that was captured has reached the local process. Waits for missing
   * copies up to the environment's delivery timeout, then for its settle window. The session's proof of life is part of the evidence: the probe follows
   * the calls through the same capture and the same relay, so what it overtakes has been lost.
   */
  async verdicts(): Promise<{ readonly evidence: Evidence; readonly verdicts: ReadonlyMap<string, CallVerdict> }> {
    if (this.#decided !== undefined) return this.#decided;
    await this.settledBatch();
    return this.verdictsSoFar();
  }

  /** {@link verdicts}, while streams may be open. */
  async verdictsSoFar(): Promise<{ readonly evidence: Evidence; readonly verdicts: ReadonlyMap<string, CallVerdict> }> {
    const ids = this.batches.flatMap((batch) => batch.plan.ids);
    const { timeouts, settleMs } = this.run.environment;
    const deadline = performance.now() + timeouts.deliveryMs;
    const conclusive = await this.#flush();
    let evidence = await this.evidence();
    while (
      performance.now() < deadline &&
      ((!conclusive && ids.some((id) => mayStillComplete(evidence, id))) || isStillUnderWay(evidence, ids))
    ) {
      await delay(POLL_MS, undefined, { signal: this.signal });
      evidence = await this.evidence();
    }
    await delay(settleMs, undefined, { signal: this.signal });
    await this.#flush();
    evidence = await this.evidence();
    const verdicts = new Map(decideAll(evidence).map((verdict) => [verdict.call, verdict]));
    for (const id of ids) if (!verdicts.has(id)) verdicts.set(id, decide(evidence, id));
    this.#decided = { evidence, verdicts };
    return this.#decided;
  }

  /** What has happened since may change them. */
  forgetVerdicts(): void {
    this.#decided = undefined;
  }

  /** The verdicts, if a step has asked for them since the last call. */
  get verdictsIfDecided(): ReadonlyMap<string, CallVerdict> | undefined {
    return this.#decided?.verdicts;
  }

  /** All that is known now. */
  async evidence(): Promise<Evidence> {
    const deployment = await this.deployment();
    const [session, interfaces] = await Promise.all([deployment.session?.report(), deployment.interfaces()]);
    const journals = deployment.journals();
    return {
      journals: {
        caller: journals.caller,
        localProcess: journals.localProcess,
        ...(journals.workload === undefined ? {} : { workload: journals.workload }),
      },
      port: this.batches.at(-1)?.plan.target.port ?? 0,
      sessions: deployment.sessionPeriods,
      interfaces,
      logs: deployment.logs().flatMap(({ lines }) => lines),
      meshHeaders: deployment.meshHeaders,
      onPurpose: Object.fromEntries(this.batches.flatMap(endsOnPurpose)),
      ...(session === undefined ? {} : { session }),
    };
  }

  /** Ends everything. With `keep` a deployment is left running, and what to do with it is returned. */
  async dispose(keep: boolean): Promise<string | undefined> {
    if (this.#signal === undefined && this.#building === undefined) return undefined;
    this.#abort.abort(new Error('the scenario is over'));
    const deployment = await this.#building?.catch(() => undefined);
    if (keep && deployment !== undefined) return deployment.keep();
    await deployment?.dispose();
    return undefined;
  }

  /** @param firstProtocol That of the first call, if a call is the reason to build. */
  async #build(firstProtocol: Protocol | undefined): Promise<Deployment> {
    const connectedBefore = earlierProtocols(this.#draft.connectedBefore, firstProtocol);
    const directory = await this.evidenceFolder?.create();
    const deployment = await environmentFor(this.run.environment).deploy(
      this.#draft.situation(),
      {
        mayBeKept: this.run.keep,
        buildTimeoutMs: this.run.environment.timeouts.buildMs,
        calls: { protocols: this.protocols, types: typesThatCallsMayNeed(this.call) },
        onBroken: (error) => {
          this.#broken ??= error;
          this.#abort.abort(error);
        },
        ...(directory === undefined ? {} : { evidenceDirectory: directory }),
        ...(connectedBefore === undefined
          ? {}
          : { beforeMirror: (built: Deployment) => this.#callOnce(built, connectedBefore) }),
        mirrorLater: this.#draft.mirrorLater,
      },
      this.signal,
    );
    this.#deployment = deployment;
    return deployment;
  }

  /** One call over each protocol, which leaves connections behind: the caller's own, and on a mesh those of the sidecars. */
  async #callOnce(deployment: Deployment, protocols: readonly Protocol[]): Promise<void> {
    if (this.call.connections === 'each') {
      throw new UserError('a caller that opens a connection for each call is not connected already');
    }
    for (const protocol of protocols) {
      const request: CallRequest = { protocol, interaction: 'unary', count: 1, concurrency: 1 };
      const plan = planCalls(request, this.call, this.#draft.situation(), (port, family) =>
        deployment.target(port, family),
      );
      if (protocol === 'TCP') {
        // A connection is one call there.
        await openAhead(deployment, plan, this.#draft.situation(), this.signal);
        continue;
      }
      const [outcome] = await deployment.call(plan, this.signal);
      if (outcome?.error !== undefined) {
        throw new ExpectationError(`the caller could not call before the mirror session started: ${outcome.error}`);
      }
    }
  }

  /**
   * Sends the probe after the calls and waits until what was captured has been delivered. Whether that is conclusive: then
   * nothing more is to be waited for.
   */
  async #flush(): Promise<boolean> {
    const session = this.#deployment?.runningSession;
    if (session === undefined) return true;
    const { captureSawProbe, relayAnswered, localProcessListens } = await session.proveAlive(this.signal);
    if (!(captureSawProbe && relayAnswered && localProcessListens)) return false;
    const deadline = performance.now() + this.run.environment.timeouts.deliveryMs;
    while (!(await session.quiescent(this.signal))) {
      if (performance.now() > deadline) return false;
      await delay(POLL_MS, undefined, { signal: this.signal });
    }
    return true;
  }
}

function endsOnPurpose(batch: Batch): [string, EndOnPurpose][] {
  const how = batch instanceof StreamBatch ? batch.onPurpose : undefined;
  return how === undefined ? [] : batch.plan.ids.map((id) => [id, how]);
}

function earlierProtocols(
  said: readonly Protocol[] | undefined,
  firstProtocol: Protocol | undefined,
): readonly Protocol[] | undefined {
  if (said === undefined || said.length > 0) return said;
  if (firstProtocol !== undefined) return [firstProtocol];
  throw new UserError(
    'the mirror session is started before any call is made: say over what the caller is connected, for example "Given a caller that is already connected over HTTP/2"',
  );
}
