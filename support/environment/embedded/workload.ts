import { UserError } from '../../model/errors.js';
import type { Running, RunningProgram } from '../../model/host.js';
import type { Situation, WorkloadSpec } from '../../model/situation.js';
import type { FirstCall } from '../../model/startup.js';
import type { CallerOptions } from '../../traffic/caller/libraries.js';
import type { EchoOptions } from '../../traffic/workload/echo-server.js';
import { issueIdentities } from './data-plane/identities.js';
import type { Lab } from './lab/lab.js';
import { GATEWAY } from './lab/topology.js';
import { APPLICATION_USER, WORKLOAD } from './members.js';

/** The application of a pod, or of the user. */
export interface RunningWorkload {
  readonly running: Running;
  /** Absent where it is a command of the user's. */
  readonly program?: RunningProgram;
  /** What it called first, if it was to call anything. */
  readonly firstCall?: FirstCall;
}

/**
 * Starts the application. Resolves when it serves and has made its first call, if it is to make one.
 *
 * @throws UserError a command could not be started
 */
export async function startWorkload(
  lab: Lab,
  { workload, startup, dualStack }: Situation,
  { protocols, types }: CallerOptions,
  signal: AbortSignal,
): Promise<RunningWorkload> {
  if (workload.kind === 'command') return { running: await startCommand(lab, workload, signal) };
  const firstCall = startup?.firstCall === true ? await startDependency(lab, signal) : undefined;
  const program = await lab.pod(WORKLOAD.pod).startProgram(
    {
      name: `workload ${workload.kind}`,
      module: new URL(`../../traffic/workload/${workload.kind}.js`, import.meta.url),
      options: {
        ...(workload.kind === 'echo' && (await echoOptionsOf(workload))),
        ...(workload.kind === 'echo' && protocols !== undefined && { protocols }),
        ...(types !== undefined && { reflection: types.some(({ source }) => source === 'reflection') }),
        ...(dualStack === true && { listenHost: '::' }),
        ...(firstCall !== undefined && { firstCall }),
      },
      user: APPLICATION_USER,
    },
    signal,
  );
  return {
    running: program,
    program,
    ...(firstCall !== undefined && { firstCall: await program.request<FirstCall>('firstCall', undefined, signal) }),
  };
}

async function startCommand(
  lab: Lab,
  { command, ports }: Extract<WorkloadSpec, { kind: 'command' }>,
  signal: AbortSignal,
): Promise<Running> {
  const what = { pod: WORKLOAD.pod, name: 'workload', command, user: APPLICATION_USER } as const;
  try {
    return await lab.startCommand({ ...what, ready: { kind: 'listens', ports } }, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    throw new UserError(`the workload could not be started: ${error.message}`, { cause: error });
  }
}

/** What the application calls first: a server outside of the mesh, beside the local process. */
async function startDependency(
  lab: Lab,
  signal: AbortSignal,
): Promise<{ readonly host: string; readonly port: number }> {
  const module = new URL('../../traffic/workload/echo.js', import.meta.url);
  const options: EchoOptions = { listenHost: GATEWAY, httpPort: 0, grpcPort: 0, tcpPort: 0 };
  const { info } = await lab.outside.startProgram<{ readonly ports: { readonly http: number } }>(
    { name: 'dependency', module, options, user: APPLICATION_USER },
    signal,
  );
  return { host: GATEWAY, port: info.ports.http };
}

async function echoOptionsOf({
  greeting,
  tls,
  loopbackOnly,
}: Extract<WorkloadSpec, { kind: 'echo' }>): Promise<EchoOptions> {
  // A certificate of the application's own, which has nothing to do with the mesh's.
  const own = tls === true ? (await issueIdentities(['application'])).get('application') : undefined;
  return {
    ...(greeting !== undefined && { greeting }),
    ...(loopbackOnly === true && { listenHost: '127.0.0.1' }),
    ...(own !== undefined && { tls: { certificatePem: own.certificatePem, keyPem: own.keyPem } }),
  };
}
