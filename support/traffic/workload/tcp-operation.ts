import { TCP_ENDINGS, type TcpEnding } from '../../model/call.js';
import { INTERACTIONS, type Interaction } from '../../model/protocol.js';
import { DEFAULT_ANSWERS } from '../../model/tcp-call.js';

/** What a call over TCP asks the echo workload for. */
export interface TcpOperation {
  readonly interaction: Interaction;
  readonly ending: TcpEnding;
  /** Bytes of the message; what the workload waits for where the caller does not half-close. */
  readonly length: number;
  readonly messages: number;
  readonly intervalMs: number;
}

/** What is done where the line asks for nothing, or there is no line: bytes come back as they arrive. */
const ECHO: TcpOperation = {
  interaction: 'bidi-streaming',
  ending: 'half-close',
  length: 0,
  messages: DEFAULT_ANSWERS,
  intervalMs: 0,
};

/** Reads `server-streaming length=12 messages=5 interval-ms=20`; what it does not understand counts as not said. */
export function tcpOperationOf(text: string): TcpOperation {
  const words = text.split(' ');
  const value = (key: string): string | undefined =>
    words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const number = (key: string, fallback: number): number => {
    const said = value(key);
    return said !== undefined && /^\d{1,9}$/.test(said) ? Number(said) : fallback;
  };
  return {
    interaction: INTERACTIONS.find((interaction) => interaction === words[0]) ?? ECHO.interaction,
    ending: TCP_ENDINGS.find((ending) => ending === value('ending')) ?? ECHO.ending,
    length: number('length', ECHO.length),
    messages: number('messages', ECHO.messages),
    intervalMs: number('interval-ms', ECHO.intervalMs),
  };
}
