/**
 * What a connection to a proxy's own inbound port begins with, to say for which port of the pod it is (linkerd2-proxy
 * `linkerd/transport-header`): a line, the length of a protobuf message in four bytes, and the message, whose field 1 is the port.
 */
const PREFACE = Buffer.from('proxy.l5d.io/connect\r\n\r\n', 'latin1');
const LENGTH_BYTES = 4;
/** More than any header needs: a name of 255 bytes and two numbers. */
const LONGEST_MESSAGE = 1024;
const PORT_TAG = 0x08;

export function transportHeader(port: number): Buffer {
  const message = Buffer.from([PORT_TAG, ...varint(port)]);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(message.length);
  return Buffer.concat([PREFACE, length, message]);
}

/** The header's length and the port that it names. `undefined`: more bytes are needed. `invalid`: it is none. */
export function readTransportHeader(
  head: Buffer,
): { readonly length: number; readonly port: number } | 'invalid' | undefined {
  const start = Math.min(head.length, PREFACE.length);
  if (head.compare(PREFACE, 0, start, 0, start) !== 0) return 'invalid';
  const from = PREFACE.length + LENGTH_BYTES;
  if (head.length < from) return undefined;
  const size = head.readUInt32BE(PREFACE.length);
  if (size > LONGEST_MESSAGE) return 'invalid';
  if (head.length < from + size) return undefined;
  const port = portIn(head.subarray(from, from + size));
  return port === undefined ? 'invalid' : { length: from + size, port };
}

/** Field 1 of a protobuf message; other fields are passed over. */
function portIn(message: Buffer): number | undefined {
  let port: number | undefined;
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; at < message.length; shift += 7) {
      const byte = message[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const tag = number();
    const type = tag & 7;
    if (type === 2) {
      const size = number();
      at += size;
    } else if (type !== 0) return undefined;
    else {
      const value = number();
      if (tag === PORT_TAG) port = value;
    }
  }
  return at === message.length && port !== undefined && port > 0 && port < 65_536 ? port : undefined;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
