import type { CallPlan, EchoControl, Payload } from '../model/call.js';
import { UserError } from '../model/errors.js';
import type { Header } from '../model/journal.js';
import type { CallerKind, LocalProcessSpec, Mesh, Situation, WorkloadSpec } from '../model/situation.js';

/** What the Given-steps say, in any order, until the situation is built. */
export class SituationDraft {
  mesh: Mesh = { kind: 'none' };
  workload: WorkloadSpec = { kind: 'echo' };
  /** Decided by the mesh unless a step says it. */
  caller: CallerKind | undefined;
  /** `undefined`: no mirror session at all. */
  mirror: { listenInterface: string; ports: number[]; localProcess: LocalProcessSpec } | undefined = {
    listenInterface: 'auto',
    ports: [],
    localProcess: { kind: 'receiver' },
  };

  /** The mirror to describe further; an error if a step said that there is none. */
  describedMirror(): NonNullable<SituationDraft['mirror']> {
    if (this.mirror === undefined) throw new UserError('the scenario says both that there is no mirror and how it is');
    return this.mirror;
  }

  situation(): Situation {
    return {
      mesh: this.mesh,
      workload: this.workload,
      caller: this.caller ?? (this.mesh.kind === 'none' ? 'unmeshed' : 'meshed'),
      ...(this.mirror === undefined ? {} : { mirror: { profile: 'sniffer', ...this.mirror } }),
    };
  }
}

/** What the steps say of the calls to come. It holds for every call of the scenario until a step changes it. */
export class CallDraft {
  messages: Payload[] = [];
  headers: Header[] = [];
  method: string | undefined;
  path: string | undefined;
  grpcMethod: { readonly service: string; readonly method: string } | undefined;
  /** The user's proto files, relative to the current folder. */
  protoFiles: string[] = [];
  /** Ask the workload for its types. */
  reflection = false;
  grpcWebForm: CallPlan['grpcWebForm'];
  connections: CallPlan['connections'] = 'shared';
  echo: EchoControl = {};
  port: number | undefined;
  timeoutMs = 10_000;
  intervalMs = 0;

  addHeader(name: string, value: string): void {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) throw new UserError(`"${name}" is no header name`);
    this.headers.push([name.toLowerCase(), value]);
  }
}
