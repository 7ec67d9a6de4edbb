import { type InterceptionRule, interceptionRules } from '../../model/interception-rules.js';
import type { IpFamily } from '../../model/situation.js';

/** Runs a command in the workload's pod. Resolves with what it prints. */
type RunInPod = (argv: readonly [string, ...string[]]) => Promise<string>;

const COMMANDS: Readonly<Record<IpFamily, readonly [string, ...string[]]>> = {
  IPv4: ['iptables-save', '-c'],
  IPv6: ['ip6tables-save', '-c'],
};

/** What `iptables-save -c` says of the workload's pod, in the course of a scenario. */
export class InterceptionListings {
  readonly #run: RunInPod;
  readonly #families: readonly IpFamily[];
  readonly #notes: Record<string, string> = {};
  readonly #ended: InterceptionRule[] = [];

  constructor(run: RunInPod, { dualStack = false }: { readonly dualStack?: boolean | undefined }) {
    this.#run = run;
    this.#families = dualStack ? ['IPv4', 'IPv6'] : ['IPv4'];
  }

  /** The rules as they are now, and after them those of sessions that are over. */
  async rules(): Promise<readonly InterceptionRule[]> {
    return [...rulesIn(await this.#list()), ...this.#ended];
  }

  /** Keeps a listing as it is now. @param when as in "when the session began". */
  async keep(when: string): Promise<readonly InterceptionRule[]> {
    const listings = await this.#list();
    for (const [family, saved] of listings) {
      if (saved.trim() === '') continue;
      this.#notes[`${family === 'IPv4' ? 'iptables' : 'ip6tables'} of the workload${when === '' ? '' : ` ${when}`}`] =
        saved;
    }
    return rulesIn(listings);
  }

  /** Keeps what the rules of the session that is about to end took: they are removed with it. */
  async keepEnding(): Promise<void> {
    const rules = await this.keep('when the session ended');
    this.#ended.push(...rules.filter(({ maker }) => maker === 'mirror session'));
  }

  /** The listings that were kept, and one of now; and {@link rules}. */
  async finish(): Promise<{
    readonly notes: Readonly<Record<string, string>>;
    readonly rules: readonly InterceptionRule[];
  }> {
    const rules = await this.keep('');
    return { notes: this.#notes, rules: [...rules, ...this.#ended] };
  }

  #list(): Promise<(readonly [IpFamily, string])[]> {
    return Promise.all(this.#families.map(async (family) => [family, await this.#run(COMMANDS[family])] as const));
  }
}

function rulesIn(listings: readonly (readonly [IpFamily, string])[]): InterceptionRule[] {
  return listings.flatMap(([family, saved]) => interceptionRules(saved, family));
}
