import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Header } from '../../model/journal.js';
import type { Verdict } from '../../model/verdict.js';
import { decide } from './decide.js';
import { changed, evidenceOf, grpcCall, httpCall, type ScriptedExchange } from './testing/scripted-evidence.js';

const header: fc.Arbitrary<Header> = fc.tuple(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.string({ maxLength: 20 }));
const content = fc.uint8Array({ maxLength: 40 });
/** Messages that differ from one another, so that changing places changes something. */
const distinct = fc.uniqueArray(content, { minLength: 2, maxLength: 12, selector: (bytes) => bytes.join() });

const anyCall: fc.Arbitrary<ScriptedExchange> = fc
  .record({
    messages: fc.array(content, { maxLength: 8 }),
    headers: fc.array(header, { maxLength: 8 }),
    path: fc.webPath().map((path) => `/${path}`),
    grpc: fc.boolean(),
    trailers: fc.array(header, { minLength: 1, maxLength: 3 }),
  })
  .map(({ messages, headers, path, grpc, trailers }) => {
    const call = grpc ? grpcCall('c1', messages) : httpCall('c1', { messages: messages.slice(0, 1), trailers });
    return changed(call, { path, headers: [...call.headers, ...headers] });
  });

/** The verdict on a stream whose copy at the local process has these messages instead of those. */
function verdictOn(sent: readonly Uint8Array[], arrived: readonly Uint8Array[]): Verdict {
  const call = grpcCall('c1', sent);
  return decide(evidenceOf({ caller: [call], localProcess: [changed(call, { messages: arrived })] }), 'c1').verdict;
}

describe('verdicts on any call', () => {
  it('a faithful copy is mirrored', () => {
    fc.assert(fc.property(anyCall, (call) => decide(evidenceOf({ caller: [call] }), 'c1').verdict === 'mirrored'));
  });

  it('a faithful copy in any company is mirrored', () => {
    fc.assert(
      fc.property(anyCall, fc.nat({ max: 5 }), (call, others) => {
        const company = Array.from({ length: others }, (_, index) => httpCall(`other${index}`));
        return decide(evidenceOf({ caller: [...company, call] }), 'c1').verdict === 'mirrored';
      }),
    );
  });

  it('a second copy makes it duplicated', () => {
    fc.assert(
      fc.property(
        anyCall,
        (call) => decide(evidenceOf({ caller: [call], localProcess: [call, call] }), 'c1').verdict === 'duplicated',
      ),
    );
  });

  it('dropping any message makes it truncated', () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 12 }), fc.nat(), (sent, n) => {
        const at = n % sent.length;
        return verdictOn(sent, sent.toSpliced(at, 1)) === 'truncated';
      }),
    );
  });

  it('repeating any message makes it duplicated', () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat(), (sent, n, m) => {
        const repeated = sent[n % sent.length] ?? new Uint8Array();
        return verdictOn(sent, sent.toSpliced(m % (sent.length + 1), 0, repeated)) === 'duplicated';
      }),
    );
  });

  it('changing the places of two messages makes it reordered', () => {
    fc.assert(
      fc.property(distinct, fc.nat(), fc.nat(), (sent, n, m) => {
        const [a, b] = [n % sent.length, m % sent.length];
        fc.pre(a !== b);
        const swapped = sent.map(
          (message, index) => (index === a ? sent[b] : index === b ? sent[a] : message) ?? message,
        );
        return verdictOn(sent, swapped) === 'reordered';
      }),
    );
  });

  it('altering a byte of any message makes it corrupted', () => {
    fc.assert(
      fc.property(distinct, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, n, m, flip) => {
        const at = n % sent.length;
        const message = sent[at] ?? new Uint8Array();
        fc.pre(message.length > 0);
        const altered = message.map((byte, index) => (index === m % message.length ? byte ^ flip : byte));
        fc.pre(!sent.some((other) => other.join() === altered.join()));
        return verdictOn(sent, sent.with(at, altered)) === 'corrupted';
      }),
    );
  });

  it('the verdict is the same however often it is asked for', () => {
    fc.assert(
      fc.property(anyCall, (call) => {
        const evidence = evidenceOf({ caller: [call], localProcess: [] });
        return JSON.stringify(decide(evidence, 'c1')) === JSON.stringify(decide(structuredClone(evidence), 'c1'));
      }),
    );
  });
});
