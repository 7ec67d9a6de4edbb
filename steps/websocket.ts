import { declareStep } from '../support/language/index.js';
import { UserError } from '../support/model/errors.js';
import type { MirrorspecWorld } from '../support/world/index.js';

const CODE = {
  name: 'code',
  description: 'a close code: 1000, or 3000 to 4999',
  schema: { minimum: 1000, maximum: 4999 },
};
const LONGEST_REASON_BYTES = 123;

declareStep<MirrorspecWorld, [number, string]>({
  keyword: 'Given',
  expression: 'the caller closes with code {int} and the reason {string}',
  title: 'how the caller closes a WebSocket',
  description:
    'The close code and the reason that the caller ends its WebSockets with. Without this step it is 1000 without a reason. To the mirror they are trailers of the request: `close-code` and `close-reason`.',
  example: 'Given the caller closes with code 4001 and the reason "enough"',
  parameters: [CODE, { name: 'reason', description: 'at most 123 bytes; may be empty' }],
  yaml: { key: 'websocket', value: { 'close-code': '{code}', reason: '{reason}' } },
  run(code, reason) {
    this.call.close = { code: closeCode(code), reason: closeReason(reason) };
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'the caller pings every {duration}',
  title: 'pings on a WebSocket',
  description:
    'The caller sends pings on its WebSockets, and each has to be answered with a pong, or the call fails. They are no messages.',
  example: 'Given the caller pings every 200 ms',
  parameters: [{ name: 'duration', description: 'the time between two pings' }],
  yaml: { key: 'websocket', value: { 'ping-every': '{duration}' } },
  run(milliseconds) {
    this.call.pingMs = milliseconds;
  },
});

declareStep<MirrorspecWorld, [number, number]>({
  keyword: 'Given',
  expression: 'the workload closes with code {int} after {int} message(s)',
  title: 'the workload closes a WebSocket',
  description:
    'The workload `echo` closes WebSockets with this code once it has answered so many messages. The caller waits for it, and closes with the same code. Both get the code as the trailer `close-code`.',
  example: 'Given the workload closes with code 4900 after 2 messages',
  parameters: [CODE, { name: 'messages', description: 'how many messages it answers', schema: { minimum: 1 } }],
  yaml: { key: 'answers', value: { 'close-code': '{code}', 'after-messages': '{messages}' } },
  run(code, afterMessages) {
    this.call.echo = { ...this.call.echo, close: { code: closeCode(code), reason: '', afterMessages } };
  },
});

function closeCode(code: number): number {
  if (code === 1000 || (code >= 3000 && code <= 4999)) return code;
  throw new UserError(`${code} is no code that a program may close with: use 1000, or 3000 to 4999 (RFC 6455 §7.4.2)`);
}

function closeReason(reason: string): string {
  if (Buffer.byteLength(reason) <= LONGEST_REASON_BYTES) return reason;
  throw new UserError(`the reason of a close has ${LONGEST_REASON_BYTES} bytes at most (RFC 6455 §5.5)`);
}
