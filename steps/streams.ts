import { setTimeout as delay } from 'node:timers/promises';
import { declareStep } from '../support/language/index.js';
import { ExpectationError } from '../support/model/errors.js';
import type { Interaction, Protocol } from '../support/model/protocol.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import {
  expectAnsweredWhileOpen,
  expectCancellationMirrored,
  expectCancellationTakenForEnd,
  expectMirroredWhileOpen,
} from '../support/world/stream-expectations.js';

const PROTOCOL = { name: 'protocol', description: 'what the caller speaks' };
const INTERACTION = { name: 'interaction', description: 'how messages flow' };

const OPENED =
  'Opens a call and leaves it open: nothing is sent but its head. Further steps send its messages one by one, and end it.';

declareStep<MirrorspecWorld, [Interaction, Protocol]>({
  keyword: 'When',
  expression: 'a(n) {interaction} {protocol} stream is opened',
  title: 'a stream is opened',
  description: `${OPENED} Payloads that Given-steps describe are not sent.`,
  example: 'When a bidi-streaming gRPC-over-HTTP/2 stream is opened',
  parameters: [INTERACTION, PROTOCOL],
  yaml: { key: 'stream', value: { protocol: '{protocol}', interaction: '{interaction}' } },
  async run(interaction, protocol) {
    await this.openStreams({ protocol, interaction, count: 1, concurrency: 1 });
  },
});

declareStep<MirrorspecWorld, [Protocol]>({
  keyword: 'When',
  expression: 'a(n) {protocol} stream is opened',
  title: 'a stream of a protocol is opened',
  description: `${OPENED} Messages flow in both directions; over SSE from the workload only, which sends the payloads that Given-steps describe.`,
  example: 'When an SSE stream is opened',
  parameters: [PROTOCOL],
  yaml: { key: 'stream', value: { protocol: '{protocol}' } },
  async run(protocol) {
    const interaction = protocol === 'SSE' ? 'server-streaming' : 'bidi-streaming';
    await this.openStreams({ protocol, interaction, count: 1, concurrency: 1 });
  },
});

declareStep<MirrorspecWorld, [number, Interaction, Protocol]>({
  keyword: 'When',
  expression: '{int} {interaction} {protocol} streams are opened',
  title: 'several streams are opened',
  description: `${OPENED} All of them are open at the same time, on one connection where the protocol allows it, and what further steps do is done to each.`,
  example: 'When 50 bidi-streaming gRPC-over-HTTP/2 streams are opened',
  parameters: [{ name: 'count', description: 'how many', schema: { minimum: 1 } }, INTERACTION, PROTOCOL],
  yaml: { key: 'stream', value: { protocol: '{protocol}', interaction: '{interaction}', count: '{count}' } },
  async run(count, interaction, protocol) {
    await this.openStreams({ protocol, interaction, count, concurrency: count });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'When',
  expression: 'the message {string} is sent',
  title: 'a message is sent on the open stream',
  description:
    'Sends one message, as UTF-8, on each stream that was opened last. The stream stays open. The step waits until the message is written.',
  example: 'When the message "one" is sent',
  parameters: [{ name: 'text', description: 'the message' }],
  yaml: { key: 'send' },
  async run(text) {
    await this.streams.send({ kind: 'text', text }, this.signal);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'When',
  expression: 'a message of {size} is sent',
  title: 'a large message is sent on the open stream',
  description:
    'Sends one message of the given length, of bytes without a pattern, on each stream that was opened last. The step waits until it is written, for which the other side may have to read.',
  example: 'When a message of 1 MiB is sent',
  parameters: [{ name: 'size', description: 'its length' }],
  yaml: { key: 'send', value: { size: '{size}' } },
  async run(length) {
    const { streams } = this;
    await streams.send({ kind: 'random', length, seed: length + streams.sent.length }, this.signal);
  },
});

declareStep<MirrorspecWorld, [number, number]>({
  keyword: 'When',
  expression: '{int} messages of {size} are sent',
  title: 'several messages are sent on the open stream',
  description:
    'Sends messages one after the other, as fast as the other side takes them, each of the given length and unlike the others.',
  example: 'When 100 messages of 1 KiB are sent',
  parameters: [
    { name: 'count', description: 'how many', schema: { minimum: 1 } },
    { name: 'size', description: 'the length of each' },
  ],
  yaml: { key: 'send', value: { count: '{count}', size: '{size}' } },
  async run(count, length) {
    const { streams } = this;
    for (let sent = 0; sent < count; sent++) {
      await streams.send({ kind: 'random', length, seed: length + streams.sent.length }, this.signal);
    }
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'When',
  expression: 'the stream(s) is/are idle for {duration}',
  title: 'the stream is idle',
  description: 'Nothing is sent for this long. The stream has to be open before and afterwards.',
  example: 'When the stream is idle for 2 s',
  parameters: [{ name: 'duration', description: 'how long' }],
  timeoutMs: -1,
  yaml: { key: 'stream', value: { idle: '{duration}' } },
  async run(milliseconds) {
    const { streams } = this;
    await delay(milliseconds, undefined, { signal: this.signal });
    const [over] = await streams.over(this.signal);
    if (over !== undefined) {
      throw new ExpectationError(`the stream ended while it was idle: ${over.error ?? 'it was answered completely'}`);
    }
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the caller ends its side',
  title: 'the half-close',
  description:
    'The caller has sent all it has, and says so; it can still receive. The workload `echo` then completes its answer.',
  example: 'When the caller ends its side',
  yaml: { key: 'stream', value: 'ended' },
  async run() {
    await this.streams.end(this.signal);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the caller cancels',
  title: 'the caller cancels',
  description:
    'The caller breaks the stream off, as its protocol lets it: HTTP/2 resets the stream (RST_STREAM), others end the connection.',
  example: 'When the caller cancels',
  yaml: { key: 'stream', value: 'cancelled' },
  async run() {
    const { streams } = this;
    await streams.cancel(this.signal);
    await streams.settle(this.signal);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the workload breaks off the stream(s)',
  title: 'the workload breaks off',
  description:
    'The workload `echo` breaks off what it was answering, as the protocol lets it: HTTP/2 resets the stream (RST_STREAM), others end the connection. The step waits until the caller knows.',
  example: 'When the workload breaks off the stream',
  yaml: { key: 'stream', value: 'broken-off' },
  async run() {
    const { streams } = this;
    await streams.breakOff(this.signal);
    await streams.settle(this.signal);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the deadline passes',
  title: 'the deadline passes',
  description:
    'Waits until the deadline that a Given-step stated has ended the stream. An end for another reason fails the step.',
  example: 'When the deadline passes',
  yaml: { key: 'stream', value: 'timed-out' },
  async run() {
    await this.streams.passDeadline(this.signal);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'a deadline of {duration}',
  title: 'a deadline',
  description:
    'How long each call and each stream may take, in gRPC told to the workload as well (`grpc-timeout`). Without it calls have the environment’s timeout, and streams none.',
  example: 'Given a deadline of 500 ms',
  parameters: [{ name: 'duration', description: 'how long' }],
  yaml: { key: 'deadline' },
  run(milliseconds) {
    this.call.timeoutMs = milliseconds;
    this.call.deadlineMs = milliseconds;
  },
});

const WHILE_OPEN =
  'on each stream that was opened last, in its place among the others and byte for byte, and the stream is still open: neither did the caller get a complete answer nor was it broken off.';

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the message {string} is mirrored while the stream is open',
  title: 'a message is mirrored at once',
  description: `The local process has received this message ${WHILE_OPEN}`,
  example: 'Then the message "one" is mirrored while the stream is open',
  parameters: [{ name: 'text', description: 'a message that was sent' }],
  yaml: { key: 'mirrored-while-open' },
  run(text) {
    return expectMirroredWhileOpen(this, { text });
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: [
    'all messages are mirrored while the stream is open',
    'all messages are mirrored while the streams are open',
  ],
  title: 'all messages are mirrored at once',
  description: `The local process has received every message that was sent so far ${WHILE_OPEN}`,
  example: 'Then all messages are mirrored while the stream is open',
  yaml: [
    { key: 'mirrored-while-open', value: true },
    { key: 'all-mirrored-while-open', expression: 'all messages are mirrored while the streams are open' },
  ],
  run() {
    return expectMirroredWhileOpen(this, 'all');
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the caller gets the answer {string} while the stream is open',
  title: 'an answer comes at once',
  description:
    'The caller has received a message with this text on each stream that was opened last, and the stream is still open.',
  example: 'Then the caller gets the answer "one" while the stream is open',
  parameters: [{ name: 'text', description: 'the message' }],
  yaml: { key: 'answered-while-open' },
  run(text) {
    return expectAnsweredWhileOpen(this, text);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['the cancellation reaches the local process', 'the break reaches the local process'],
  title: 'the cancellation is mirrored',
  description:
    'The local process saw the stream broken off: it was reset, or its connection ended before it was complete. A mirror that captures packets hands on the very bytes.',
  example: 'Then the cancellation reaches the local process',
  yaml: { key: 'mirrored-cancellation' },
  run() {
    return expectCancellationMirrored(this);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: 'to the local process the cancelled request looks complete',
  title: 'the cancellation looks like an end',
  description:
    'The local process received an orderly end of the request, and no sign of the cancellation. This is what a mirror that redirects connections does: requests are replayed, and a replay is not broken off.',
  example: 'Then to the local process the cancelled request looks complete',
  yaml: { key: 'mirrored-cancellation', value: 'as an end' },
  run() {
    return expectCancellationTakenForEnd(this);
  },
});
