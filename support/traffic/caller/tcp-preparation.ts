import { bytesOf } from '../../model/bytes.js';
import type { CallPlan, TcpEnding } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { payloadBytes } from '../../model/payload.js';
import { DEFAULT_ANSWERS, hasCallIdPlace, TCP_METHOD } from '../../model/tcp-call.js';
import type { PreparedCall } from './call-preparation.js';

/** Raw TCP: what the workload is to do stands in the line in front of the message, unless the message carries the id itself. */
export function prepareTcp(plan: CallPlan): PreparedCall {
  if (plan.headers.length > 0) throw new UserError('A call over TCP has no headers: it has nothing but its bytes.');
  const messages = plan.messages.map((payload) => {
    const data = payloadBytes(payload);
    return { data, bytes: bytesOf(data) };
  });
  const length = messages.reduce((sum, { data }) => sum + data.length, 0);
  const line = !messages.some(({ data }) => hasCallIdPlace(data));
  const ending = plan.tcp?.ending ?? 'half-close';
  return {
    messages,
    startOf: (id) => ({
      id,
      method: TCP_METHOD,
      path: line ? tcpOperation(plan, ending, length) : '',
      authority: plan.target.authority,
      headers: [],
      contentLength: undefined,
      timeoutMs: plan.timeoutMs,
      tcp: { ending, line, greetingBytes: plan.tcp?.greetingBytes ?? 0, answerBytes: answerBytes(plan, length) },
    }),
  };
}

/** What the echo workload reads in the line: `server-streaming length=12 messages=5 interval-ms=20`. */
function tcpOperation({ interaction, echo }: CallPlan, ending: TcpEnding, length: number): string {
  return [
    interaction,
    `length=${length}`,
    ...(ending === 'half-close' ? [] : [`ending=${ending}`]),
    ...(echo?.messages === undefined ? [] : [`messages=${echo.messages}`]),
    ...(echo?.intervalMs === undefined ? [] : [`interval-ms=${echo.intervalMs}`]),
  ].join(' ');
}

function answerBytes({ interaction, echo }: CallPlan, length: number): number {
  return interaction === 'server-streaming' ? length * (echo?.messages ?? DEFAULT_ANSWERS) : length;
}
