import { constants, type Http2Stream } from 'node:http2';

/**
 * Resets a stream, and nothing else. Node's `close` ends the writable side first, which goes onto the wire as END_STREAM in front of
 * RST_STREAM: to whoever reads it the request came to a regular end. Other stacks (Go, Java, Envoy) reset only.
 */
export function resetStream(stream: Http2Stream, code: number): void {
  endNothing(stream, code);
  stream.close(code);
}

/** Makes every `close` of a stream, whoever calls it, a {@link resetStream}. */
export function closeByReset(stream: Http2Stream): void {
  const close = stream.close.bind(stream);
  stream.close = (code, callback) => {
    endNothing(stream, code);
    close(code, callback);
  };
}

function endNothing(stream: Http2Stream, code: number | undefined): void {
  if (code !== undefined && code !== constants.NGHTTP2_NO_ERROR && !stream.writableEnded) {
    stream._final = (done) => done();
  }
}
