import { ExpectationError } from '../../model/errors.js';
import type { Evidence } from '../../model/verdict.js';
import { visibleText } from '../../model/visible-text.js';

/** That nothing arrived means nothing, for the mirror session was not proven alive. `missing` says which facts lack. */
export class NoProofOfLifeError extends ExpectationError {
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(
      [
        'nothing arrived, but that proves nothing: the mirror session was not proven alive.',
        ...missing.map((fact) => `  · ${fact}`),
        'A call counts as not mirrored only if the session would have mirrored it.',
      ].join('\n'),
    );
    this.missing = missing;
  }
}

/**
 * Demands proof that the mirror session was alive, without which a negative verdict must not stand: "healthy but
 * silent" is the failure that users of mirrord report most.
 * @throws {NoProofOfLifeError} naming each fact that is missing or false
 */
export function requireProofOfLife(evidence: Evidence): void {
  const missing = missingProof(evidence);
  if (missing.length > 0) throw new NoProofOfLifeError(missing);
}

/** What lacks for the session to count as proven alive, in words. Empty if it is. */
export function missingProof({ session }: Evidence): readonly string[] {
  if (session === undefined) return ['there is no report of a mirror session'];
  const proof = session.proofOfLife;
  if (proof === undefined) return ['the session was never probed after it was subscribed'];
  const facts: string[] = [];
  if (!proof.captureSawProbe) {
    facts.push(
      session.profile === 'sniffer'
        ? `the agent's capture did not see the marked frame that was put on ${visibleText(session.listenInterface ?? 'its interface')}`
        : "the rules that lead connections to the agent are not in the kernel, or the agent's listener did not answer",
    );
  }
  if (!proof.relayAnswered) facts.push("the local process did not answer a ping through the agent's session");
  if (!proof.localProcessListens) facts.push('the local process does not accept connections on its port');
  return facts;
}
