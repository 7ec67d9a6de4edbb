import type { DataTable } from '@cucumber/cucumber';
import { declareStep } from '../support/language/index.js';
import { wasAnswered } from '../support/model/call.js';
import { ExpectationError } from '../support/model/errors.js';
import { isGrpc } from '../support/model/protocol.js';
import { wordsOf } from '../support/world/expectations.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { expectAnswersWhileCallLasts } from '../support/world/message-times.js';
import { callerExchanges, expectEqualText, messagesOfLastCalls, textOf } from '../support/world/mirrored.js';
import { expectHeaders } from './headers.js';

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['the workload answers as usual', 'the caller gets its answers as usual'],
  title: 'the workload answers as usual',
  description:
    'Every call of the last When-step was answered completely and without an error, and over the HTTP version of its protocol. The workload `echo` answered with the payloads that it was sent.',
  example: 'Then the workload answers as usual',
  yaml: { key: 'answered', value: 'as usual' },
  async run() {
    const { plan, outcomes } = await this.settledBatch();
    for (const outcome of outcomes) {
      if (!outcome.ok) throw new ExpectationError(`call ${outcome.id} was not answered as usual: ${wordsOf(outcome)}`);
    }
    const exchanges = await callerExchanges(this);
    const echoed = plan.messages.length > 0 && this.situation.workload.kind === 'echo' && plan.interaction === 'unary';
    if (!echoed || plan.messages.some(({ kind }) => kind === 'json')) return;
    for (const { call, protocol, request, response } of exchanges) {
      const [sent, answered] = [lengthOf(request.messages), lengthOf(response.messages)];
      const same = isGrpc(protocol) || sameBodies(request.messages, response.messages);
      if (!same || (sent > 0 && answered === 0)) {
        throw new ExpectationError(
          `call ${call}: the workload was sent ${sent} bytes and answered with ${answered} others`,
        );
      }
    }
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['the call is refused', 'the calls are refused'],
  title: 'the call is refused',
  description: 'No call of the last When-step got an answer: the connection was refused, closed or reset.',
  example: 'Then the call is refused',
  yaml: { key: 'refused' },
  async run() {
    const { outcomes } = await this.settledBatch();
    const answered = outcomes.filter(wasAnswered);
    if (answered.length > 0) {
      throw new ExpectationError(`the call was expected to be refused, but it was answered: ${wordsOf(answered[0])}`);
    }
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: ['the caller gets status {int}', 'the caller gets the HTTP status {int}'],
  title: 'the HTTP status',
  description: 'The caller received this HTTP status for every call of the last When-step.',
  example: 'Then the caller gets status 404',
  parameters: [{ name: 'status', description: 'an HTTP status', schema: { minimum: 100, maximum: 599 } }],
  yaml: { key: 'caller-gets', value: { status: '{status}' } },
  async run(status) {
    for (const outcome of (await this.settledBatch()).outcomes) {
      if (outcome.httpStatus !== status) {
        throw new ExpectationError(
          `the caller got HTTP status ${outcome.httpStatus}, not ${status}${reason(outcome.error)}`,
        );
      }
    }
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the caller gets gRPC status {int}',
  title: 'the gRPC status',
  description: 'The caller received this gRPC status code for every call of the last When-step.',
  example: 'Then the caller gets gRPC status 5',
  parameters: [{ name: 'status', description: 'a gRPC status code (0 to 16)', schema: { minimum: 0, maximum: 16 } }],
  yaml: { key: 'caller-gets', value: { 'grpc-status': '{status}' } },
  async run(status) {
    for (const outcome of (await this.settledBatch()).outcomes) {
      if (outcome.grpcStatus !== status) {
        throw new ExpectationError(
          `the caller got gRPC status ${outcome.grpcStatus ?? 'none'}, not ${status}${reason(outcome.error)}`,
        );
      }
    }
  },
});

declareStep<MirrorspecWorld, [number, string]>({
  keyword: 'Then',
  expression: 'the caller gets gRPC status {int} and the message {string}',
  title: 'the gRPC status and message',
  description: 'The caller received this gRPC status code and message for every call of the last When-step.',
  example: 'Then the caller gets gRPC status 5 and the message "no such order"',
  parameters: [
    { name: 'status', description: 'a gRPC status code (0 to 16)', schema: { minimum: 0, maximum: 16 } },
    { name: 'message', description: 'the status message' },
  ],
  yaml: { key: 'caller-gets', value: { 'grpc-status': '{status}', message: '{message}' } },
  async run(status, message) {
    for (const outcome of (await this.settledBatch()).outcomes) {
      if (outcome.grpcStatus !== status) {
        throw new ExpectationError(
          `the caller got gRPC status ${outcome.grpcStatus ?? 'none'}, not ${status}${reason(outcome.error)}`,
        );
      }
      expectEqualText('the gRPC status message', message, outcome.grpcMessage ?? '');
    }
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the caller gets the answer {string}',
  title: 'the answer',
  description:
    'The caller received this text for every call: the HTTP body, or the `payload` or `text` of an echo or yages message.',
  example: 'Then the caller gets the answer "pong"',
  parameters: [{ name: 'text', description: 'the whole answer' }],
  yaml: { key: 'caller-gets', value: { answer: '{text}' } },
  run(expected) {
    return expectAnswer(this, expected);
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the caller gets the answer:',
  title: 'the answer of several lines',
  description: 'Like "the caller gets the answer", with the text in a doc string.',
  example: 'Then the caller gets the answer:\n  """\n  two\n  lines\n  """',
  attachment: { kind: 'text', description: 'the whole answer' },
  yaml: { key: 'caller-gets', value: { answer: '{text}' } },
  run(expected) {
    return expectAnswer(this, expected);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the caller gets {int} answer(s)',
  title: 'the number of answers',
  description: 'How many messages the caller received in each call.',
  example: 'Then the caller gets 5 answers',
  parameters: [{ name: 'count', description: 'how many messages', schema: { minimum: 0 } }],
  yaml: { key: 'caller-gets', value: { answers: '{count}' } },
  async run(count) {
    for (const { response } of await callerExchanges(this)) {
      if (response.messages.length !== count) {
        throw new ExpectationError(`the caller got ${response.messages.length} messages, not ${count}`);
      }
    }
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['the caller gets its answers while the call lasts', 'the caller gets its answers while the calls last'],
  title: 'answers come as they are given',
  description:
    'In each call the caller received every answer but the last before the workload gave the last one: nothing on the way keeps answers back. Let some time pass between the answers.',
  example: 'Then the caller gets its answers while the call lasts',
  yaml: { key: 'caller-gets', value: { 'answers-arrive': 'while the call lasts' } },
  run() {
    return expectAnswersWhileCallLasts(this);
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Then',
  expression: 'the caller gets the trailers:',
  title: 'the trailers',
  description:
    'The caller received these trailers (gRPC: trailing metadata) in each call. A row without a value asks for any.',
  example: 'Then the caller gets the trailers:\n  | x-checksum | 42 |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: { key: 'caller-gets', value: { trailers: '{table}' } },
  async run(table) {
    for (const { response } of await callerExchanges(this)) expectHeaders('the answer', table, response.trailers ?? []);
  },
});

async function expectAnswer(world: MirrorspecWorld, expected: string): Promise<void> {
  for (const messages of await messagesOfLastCalls(world, 'response')) {
    expectEqualText('the answer', expected, messages.map(textOf).join(''));
  }
}

function reason(error: string | undefined): string {
  return error === undefined ? '' : `: ${error}`;
}

interface Body {
  readonly body: { readonly length: number; readonly sha256: string };
}

function lengthOf(messages: readonly Body[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

function sameBodies(sent: readonly Body[], answered: readonly Body[]): boolean {
  const digest = (messages: readonly Body[]): string => messages.map(({ body }) => body.sha256).join();
  return digest(sent) === digest(answered);
}
