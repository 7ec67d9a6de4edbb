import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { isSettled, sendTrailers } from '../../../../wire/proxying/http2.js';
import { endToEndFields, type Fields } from '../headers.js';
import type { Near } from './near.js';

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

/** A request that came in HTTP/2. `fields` are what is to be forwarded of its head. */
export function http2Near(stream: ServerHttp2Stream, fields: Fields, withoutBody: boolean): Near {
  let trailers: Fields = {};
  let last: Fields = {};
  stream.on('trailers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
    trailers = endToEndFields(raw);
  });
  stream.on('wantTrailers', () => {
    sendTrailers(stream, last);
  });
  return {
    request: fields,
    hasBody: !withoutBody,
    body: stream,
    trailers: () => trailers,
    respond: (head, ends) => stream.respond(head, { endStream: ends, waitForTrailers: !ends }),
    answer: stream,
    finish(of) {
      last = of;
      if (!stream.writableEnded) stream.end();
      // The rest of a request that has its response is not wanted (RFC 9113 §8.1).
      stream.resume();
    },
    get settled() {
      return isSettled(stream);
    },
    reply({ status, fields: head, body }) {
      stream.resume();
      stream.respond({ ':status': status, ...head }, { endStream: body === '' });
      if (body !== '') stream.end(body);
      if (!stream.readableEnded) stream.close(NGHTTP2_NO_ERROR);
    },
    breakOff() {
      if (!stream.closed) stream.close(NGHTTP2_INTERNAL_ERROR);
    },
    onClose: (gone) => stream.once('close', gone),
  };
}
