import { gunzipSync, inflateSync } from 'node:zlib';

/** What a gRPC message that was compressed held; `undefined` if the encoding is unknown or the data is broken or becomes too large. */
export function decompressed(data: Buffer, encoding: string | undefined, largestMessage: number): Buffer | undefined {
  try {
    if (encoding === 'gzip') return gunzipSync(data, { maxOutputLength: largestMessage });
    if (encoding === 'deflate') return inflateSync(data, { maxOutputLength: largestMessage });
  } catch {
    // Whoever received it shows the bytes as they came.
  }
  return undefined;
}
