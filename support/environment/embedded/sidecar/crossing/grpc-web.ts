import { Transform } from 'node:stream';
import { Base64Segments } from '../../../../wire/base64-segments.js';
import type { Fields } from '../headers.js';
import type { Near } from './near.js';

/** Flag of the frame that carries trailers (gRPC "PROTOCOL-WEB.md"). */
const TRAILERS_FLAG = 0x80;

export function isGrpcWebRequest({ 'content-type': type }: Fields): boolean {
  return typeof type === 'string' && /^application\/grpc-web(-text)?(\+|;|$)/.test(type);
}

/**
 * A gRPC-Web request as gRPC, whose answer becomes gRPC-Web again: trailers in a frame of the body, and all of it in base64 where the
 * request is (Envoy's filter `grpc_web`).
 */
export function asGrpc(near: Near): Near {
  const type = String(near.request['content-type']);
  const text = type.startsWith('application/grpc-web-text');
  const request: Fields = Object.assign(Object.create(null), near.request, {
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-accept-encoding': 'identity',
  });
  delete request['content-length'];
  const answer = text ? encoder() : undefined;
  answer?.pipe(near.answer, { end: false });
  const out = answer ?? near.answer;
  return {
    ...near,
    request,
    body: text ? near.body.pipe(decoder()) : near.body,
    trailers: () => ({}),
    respond(head, withoutBody) {
      delete head['content-length'];
      near.respond(
        { ...head, 'content-type': text ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto' },
        withoutBody,
      );
    },
    answer: out,
    finish(trailers) {
      if (Object.keys(trailers).length > 0) out.write(trailersFrame(trailers));
      if (answer === undefined) return near.finish({});
      answer.end();
      answer.once('end', () => near.finish({}));
    },
    get settled() {
      return near.settled;
    },
  };
}

function trailersFrame(trailers: Fields): Buffer {
  const lines = Object.entries(trailers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}:${value}\r\n`),
  );
  const block = Buffer.from(lines.join(''), 'latin1');
  const head = Buffer.alloc(5);
  head.writeUInt8(TRAILERS_FLAG, 0);
  head.writeUInt32BE(block.length, 1);
  return Buffer.concat([head, block]);
}

/** @see Base64Segments What is no base64 breaks the request off. */
function decoder(): Transform {
  const decoding = new Transform({
    transform(chunk: Buffer, _, done) {
      segments.push(chunk);
      done();
    },
  });
  const segments = new Base64Segments({
    decoded: (data) => decoding.push(data),
    malformed: (detail) => decoding.destroy(new Error(`no base64: ${detail}`)),
    undecoded() {},
  });
  return decoding;
}

/** Each piece is a segment of its own, padded, so that none waits for the next. */
function encoder(): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      done(null, Buffer.from(chunk.toString('base64'), 'latin1'));
    },
  });
}
