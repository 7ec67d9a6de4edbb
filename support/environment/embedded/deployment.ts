import { join } from 'node:path';
import { type SessionMechanism, startAgentSession } from '../../mirror/agent/session.js';
import type { MirrorSession } from '../../mirror/session.js';
import type { CallOutcome, CallPlan } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import type { Running, RunningProgram } from '../../model/host.js';
import type { InterceptionRule } from '../../model/interception-rules.js';
import type { LogLine, SessionPeriod } from '../../model/session.js';
import {
  type CallerKind,
  ECHO_TLS_PORT,
  type IpFamily,
  type MirrorSpec,
  portsOf,
  type Situation,
} from '../../model/situation.js';
import type { FirstCall } from '../../model/startup.js';
import type { InterfaceTraffic } from '../../model/verdict.js';
import type { CallerOptions } from '../../traffic/caller/libraries.js';
import { type Deployment, type DeployOptions, type OpenStreams, RAW_MESSAGES_FOLDER } from '../environment.js';
import { WorkloadCaptures } from './captures.js';
import type { DataPlane, DataPlaneChoices, PreparedDataPlane, RunningProxy } from './data-plane/data-plane.js';
import { dataPlaneOf } from './data-plane/of-mesh.js';
import { InterceptionListings } from './interception-listings.js';
import { Lab } from './lab/lab.js';
import { lossCommand, packetSizeCommand } from './lab/network-conditions.js';
import { LAB_DIRECTORY } from './lab/topology.js';
import { APPLICATION_USER, CALLER, membersOf, planOf, serviceNameOf, WORKLOAD } from './members.js';
import { MirrorSessions } from './mirror-sessions.js';
import { INBOUND_BIND_ADDRESS, INBOUND_BIND_ADDRESS_IPV6 } from './sidecar/options.js';
import { WorkloadStart } from './start-order.js';
import { EmbeddedStreams } from './streams.js';
import { startWorkload } from './workload.js';

type EmbeddedOptions = DeployOptions & DataPlaneChoices;

/** One scenario's situation, built in a lab. */
export class EmbeddedDeployment implements Deployment {
  readonly caller: CallerKind;
  readonly addresses = {
    caller: [CALLER.address, CALLER.addressIPv6],
    sidecar: [INBOUND_BIND_ADDRESS, INBOUND_BIND_ADDRESS_IPV6],
    pod: [WORKLOAD.address, WORKLOAD.addressIPv6, '127.0.0.1', '::1'],
  };
  readonly meshHeaders: readonly string[];
  readonly #facts: Readonly<Record<string, string>>;
  readonly #start: WorkloadStart;
  readonly #situation: Situation;
  readonly #lab: Lab;
  readonly #parts: { readonly part: string; readonly running: Running }[] = [];
  readonly #proxies: { readonly name: string; readonly running: RunningProxy }[] = [];
  readonly #captures: WorkloadCaptures;
  #callerProgram: RunningProgram | undefined;
  #workloadProgram: RunningProgram | undefined;
  readonly #sessions = new MirrorSessions();
  readonly #listings: InterceptionListings;
  readonly #evidenceDirectory: string | undefined;
  #sockets = 0;

  private constructor(
    situation: Situation,
    lab: Lab,
    plane: DataPlane,
    { facts }: PreparedDataPlane,
    evidenceDirectory: string | undefined,
  ) {
    this.#evidenceDirectory = evidenceDirectory;
    this.#situation = situation;
    this.#lab = lab;
    this.caller = situation.caller;
    this.meshHeaders = plane.headers;
    this.#facts = { environment: 'embedded', ...facts, workload: situation.workload.kind, caller: situation.caller };
    this.#start = new WorkloadStart(situation.startup);
    this.#captures = new WorkloadCaptures(plane.tunnelPorts);
    this.#listings = new InterceptionListings((argv) => lab.run(WORKLOAD.pod, argv), situation);
  }

  static async create(
    situation: Situation,
    options: EmbeddedOptions,
    signal: AbortSignal,
  ): Promise<EmbeddedDeployment> {
    if (situation.caller === 'meshed' && situation.mesh.kind === 'none') {
      throw new UserError('a caller inside the mesh needs a mesh: add "Given an Istio mesh", or leave the caller out');
    }
    const broken = new AbortController();
    const either = AbortSignal.any([signal, broken.signal]);
    const plane = dataPlaneOf(situation.mesh);
    const preparing = plane.prepare(situation, membersOf(situation), options);
    preparing.catch(() => {});
    const lab = await Lab.start(
      {
        plan: { ...planOf(situation, plane), keepsLongMessages: options.evidenceDirectory !== undefined },
        mayBeKept: options.mayBeKept,
        onUnexpectedEnd: (error) => {
          broken.abort(error);
          options.onBroken(error);
        },
      },
      signal,
    );
    try {
      const prepared = await preparing;
      const deployment = new EmbeddedDeployment(situation, lab, plane, prepared, options.evidenceDirectory);
      const { beforeMirror, mirrorLater = false } = options;
      await Promise.all([
        deployment.#start.run(
          () => deployment.#startWorkload(options.calls ?? {}, either),
          () => deployment.#startProxies(prepared, either),
        ),
        deployment.#startCaller(options.calls ?? {}, either),
        deployment.#startCaptures(options.evidenceDirectory, either),
        deployment.#limitNetwork(),
        ...(beforeMirror === undefined && !mirrorLater ? [deployment.startMirror(either)] : []),
      ]);
      if (beforeMirror !== undefined) {
        await beforeMirror(deployment);
        if (!mirrorLater) await deployment.startMirror(either);
      }
      return deployment;
    } catch (error) {
      await lab.dispose();
      throw error;
    }
  }

  get facts(): Readonly<Record<string, string>> {
    return { ...this.#facts, ...this.#start.facts };
  }

  get firstCall(): FirstCall | undefined {
    return this.#start.firstCall;
  }

  get session(): MirrorSession | undefined {
    return this.#sessions.last;
  }

  get runningSession(): MirrorSession | undefined {
    return this.#sessions.running;
  }

  get sessionPeriods(): readonly SessionPeriod[] {
    return this.#sessions.periods;
  }

  get mirrorFailure(): Error | undefined {
    return this.#sessions.failure;
  }

  target(port: number, family: IpFamily = 'IPv4'): CallPlan['target'] {
    const { workload } = this.#situation;
    const tls = workload.kind === 'echo' && workload.tls === true && port === ECHO_TLS_PORT ? { tls: true } : {};
    if (family === 'IPv6' && this.#situation.dualStack !== true) {
      throw new UserError('the pods have no IPv6 addresses: say "calls over IPv6" before the first When-step');
    }
    const [local, service] = family === 'IPv6' ? ['::1', WORKLOAD.serviceIPv6] : ['127.0.0.1', WORKLOAD.service];
    if (this.caller === 'in-pod') return { host: local, port, authority: `localhost:${port}`, ...tls };
    return { host: service, port, authority: `${serviceNameOf(workload)}:${port}`, ...tls };
  }

  async call(plan: CallPlan, signal: AbortSignal): Promise<CallOutcome[]> {
    return (await this.#caller().request('call', plan, signal)) as CallOutcome[];
  }

  async open(plan: CallPlan, signal: AbortSignal): Promise<OpenStreams> {
    const caller = this.#caller();
    await caller.request('open', plan, signal);
    const { workload } = this.#situation;
    return new EmbeddedStreams(caller, workload.kind === 'echo' ? this.#workloadProgram : undefined, plan.ids);
  }

  async connect(plan: Pick<CallPlan, 'target' | 'protocol'>, signal: AbortSignal): Promise<void> {
    await this.#caller().request('connect', plan, signal);
  }

  async disconnect(signal: AbortSignal): Promise<void> {
    await this.#caller().request('disconnect', undefined, signal);
  }

  async startMirror(signal: AbortSignal): Promise<void> {
    const { mirror } = this.#situation;
    if (mirror === undefined) return;
    await this.#sessions.start(() => this.#startSession(mirror, signal), signal);
    if (this.#redirects && this.#sessions.running !== undefined) await this.#listings.keep('when the session began');
  }

  async stopMirror(): Promise<void> {
    if (this.#redirects && this.#sessions.running !== undefined) await this.#listings.keepEnding();
    await this.#sessions.stop();
  }

  get #redirects(): boolean {
    return this.#situation.mirror?.profile === 'redirect';
  }

  #startSession(spec: MirrorSpec, signal: AbortSignal): Promise<MirrorSession> {
    return startAgentSession(
      {
        pod: this.#lab.pod(WORKLOAD.pod),
        outside: this.#lab.outside,
        mechanism: this.#mechanismOf(spec),
        ...(spec.version !== undefined && { version: spec.version }),
        ...(spec.portMapping !== undefined && { portMapping: spec.portMapping }),
        ports: spec.ports.length === 0 ? portsOf(this.#situation.workload) : spec.ports,
        socketPath: `${LAB_DIRECTORY}/agent-${++this.#sockets}.sock`,
        local:
          spec.localProcess.kind === 'receiver'
            ? spec.localProcess
            : { kind: 'command', command: spec.localProcess.command, user: APPLICATION_USER },
      },
      signal,
    );
  }

  #mechanismOf({ profile, listenInterface, flushConnections = true, httpFilter }: MirrorSpec): SessionMechanism {
    if (profile === 'sniffer') {
      return {
        profile,
        listenInterface,
        meshed: this.#situation.mesh.kind !== 'none',
        injectProbe: (name, frame) => this.#lab.injectFrame(WORKLOAD.pod, name, frame),
      };
    }
    return {
      profile,
      flushConnections,
      runInPod: (argv, input) => this.#lab.run(WORKLOAD.pod, argv, input),
      ...(httpFilter !== undefined && { httpFilter }),
    };
  }

  journals() {
    return {
      caller: this.#callerProgram?.journal ?? [],
      workload: this.#workloadProgram?.journal,
      localProcess: this.#sessions.journal,
    };
  }

  interfaces(): Promise<readonly InterfaceTraffic[]> {
    return this.#captures.interfaces();
  }

  interceptionRules(): Promise<readonly InterceptionRule[]> {
    return this.#listings.rules();
  }

  logs(): readonly { readonly part: string; readonly lines: readonly LogLine[] }[] {
    return this.#parts.map(({ part, running }) => ({ part, lines: running.log }));
  }

  async finish() {
    const notes = await this.#captures.stop();
    if (this.#start.note !== undefined) notes['order of starts'] = this.#start.note;
    const listings = await this.#listings.finish();
    await Promise.all(
      this.#proxies.map(async ({ name, running }) => {
        // One that has ended has nothing to tell; that it has is in its log.
        const told = await running.evidence().catch((error: Error) => ({ statistics: `none: ${error.message}\n` }));
        for (const [what, text] of Object.entries(told)) notes[`${what} of the ${name}`] = text;
      }),
    );
    return {
      files: this.#captures.files,
      notes: { ...notes, ...listings.notes },
      rules: listings.rules,
      longMessages: await this.#longMessages(),
    };
  }

  async #longMessages(): Promise<ReadonlyMap<string, string>> {
    if (this.#evidenceDirectory === undefined) return new Map();
    const folder = join(this.#evidenceDirectory, RAW_MESSAGES_FOLDER);
    const names = await this.#lab.collectMessages(folder);
    return new Map(names.map((name) => [name, join(folder, name)]));
  }

  async keep(): Promise<string> {
    await this.#lab.keep();
    return [
      `lab ${this.#lab.id} is kept. Look into the workload's pod with:`,
      `  nsenter --target $(pgrep --parent ${this.#lab.pid}) --all ip netns exec ${WORKLOAD.pod} sh`,
      'and end it with:',
      '  mirrorspec clean',
    ].join('\n');
  }

  async dispose(): Promise<void> {
    await this.#lab.dispose();
  }

  #caller(): RunningProgram {
    if (this.#callerProgram === undefined) throw new Error('the caller has not been started');
    return this.#callerProgram;
  }

  /** Resolves with the application's first call, if it is to make one. */
  async #startWorkload(options: CallerOptions, signal: AbortSignal): Promise<FirstCall | undefined> {
    const { running, program, firstCall } = await startWorkload(this.#lab, this.#situation, options, signal);
    this.#workloadProgram = program;
    this.#parts.push({ part: 'workload', running });
    return firstCall;
  }

  async #startCaller(options: CallerOptions, signal: AbortSignal): Promise<void> {
    const { pod } = this.caller === 'in-pod' ? WORKLOAD : CALLER;
    this.#callerProgram = await this.#lab.pod(pod).startProgram(
      {
        name: 'caller',
        module: new URL('../../traffic/caller/program.js', import.meta.url),
        options,
        user: APPLICATION_USER,
      },
      signal,
    );
    this.#parts.push({ part: 'caller', running: this.#callerProgram });
  }

  async #limitNetwork(): Promise<void> {
    const { loss, packetBytes, workload } = this.#situation;
    const work: Promise<string>[] = [];
    if (loss !== undefined) {
      const pod = loss.where === 'on the way' ? undefined : WORKLOAD.pod;
      work.push(this.#lab.run(pod, lossCommand(loss, portsOf(workload))));
    }
    if (packetBytes !== undefined) {
      for (const { pod } of [WORKLOAD, CALLER]) work.push(this.#lab.run(pod, packetSizeCommand(packetBytes)));
    }
    await Promise.all(work);
  }

  async #startProxies({ proxies }: PreparedDataPlane, signal: AbortSignal): Promise<void> {
    await Promise.all(
      proxies.map(async ({ name, start }) => {
        const running = await start(this.#lab, signal);
        this.#parts.push({ part: name, running });
        this.#proxies.push({ name, running });
      }),
    );
  }

  async #startCaptures(directory: string | undefined, signal: AbortSignal): Promise<void> {
    if (directory !== undefined) {
      await this.#captures.start(this.#lab, portsOf(this.#situation.workload), directory, signal);
    }
  }
}
