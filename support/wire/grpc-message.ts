/** `grpc-message` on the wire: outside of printable ASCII, and for `%`, UTF-8 is percent-encoded (gRPC "PROTOCOL-HTTP2.md", Status-Message). */
export function encodeGrpcMessage(message: string): string {
  return message.replace(/[^\x20-\x24\x26-\x7e]+/gu, (part) =>
    Buffer.from(part, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&'),
  );
}

/** The inverse; libraries encode more or less. What cannot be decoded is taken as it is. */
export function decodeGrpcMessage(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
