import { Metadata, type Server, type ServerDuplexStream, type ServiceError } from '@grpc/grpc-js';
import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';
import type { Header } from '../../model/journal.js';
import type { Interaction } from '../../model/protocol.js';
import { EchoInteraction, type EchoReply, type EchoRequest, type EchoResponder } from './echo-interaction.js';

type EchoStream = ServerDuplexStream<EchoRequest, EchoReply>;

/** Registers the echo service with grpc-js. */
export function addEchoService(server: Server, service: ServiceDefinition): void {
  for (const method of Object.values(service)) {
    const { requestDeserialize, responseSerialize } = method;
    const interaction = interactionOf(method);
    // On the wire all four kinds are alike. grpc-js's handlers for single answers could not send metadata before an error.
    server.register(
      method.path,
      (call: EchoStream) => serve(interaction, call),
      responseSerialize,
      requestDeserialize,
      'bidi',
    );
  }
}

export function interactionOf(method: MethodDefinition<object, object>): Interaction {
  if (method.requestStream) return method.responseStream ? 'bidi-streaming' : 'client-streaming';
  return method.responseStream ? 'server-streaming' : 'unary';
}

function serve(interaction: Interaction, call: EchoStream): void {
  const echo = new EchoInteraction(interaction, headersOf(call.metadata), responderFor(call));
  call.on('data', (message: EchoRequest) => {
    const busy = echo.request(message);
    if (busy === undefined) return;
    call.pause();
    void busy.then(() => call.resume());
  });
  call.on('end', () => void echo.halfClose());
  call.on('cancelled', () => echo.cancel());
}

function responderFor(call: EchoStream): EchoResponder {
  return {
    head: (headers) => call.sendMetadata(metadataOf(headers)),
    message: (reply) => (call.write(reply) ? undefined : new Promise((resolve) => call.once('drain', resolve))),
    finish: ({ code, message, trailers }) => {
      const metadata = metadataOf(trailers);
      if (code === 0 && message === '') call.end(metadata);
      // This is how grpc-js's streaming handlers end with a status.
      else call.emit('error', { code, details: message, metadata } satisfies Partial<ServiceError>);
    },
  };
}

/** Binary metadata (`*-bin`) is base64 in headers and bytes in grpc-js. */
function metadataOf(headers: readonly Header[]): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of headers) metadata.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  return metadata;
}

function headersOf(metadata: Metadata): Header[] {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value): Header => [name, typeof value === 'string' ? value : value.toString('base64')]),
  );
}
