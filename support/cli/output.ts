/** That of a reader that has seen enough (`mirrorspec steps | head`), and that of a terminal that is gone. */
const READER_IS_GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

/**
 * What a command writes to its reader. A command goes on when nobody reads any more: a run has reports to complete and
 * an exit code to tell.
 */
export class Output {
  readonly #streams: readonly NodeJS.WritableStream[];
  #lost: Error | undefined;

  constructor(streams: readonly NodeJS.WritableStream[]) {
    this.#streams = streams;
    for (const stream of streams) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (!READER_IS_GONE.includes(error.code)) this.#lost ??= error;
      });
    }
  }

  /**
   * Waits until everything is written: a pipe takes 64 KiB at a time, and the end of the process would cut off the rest.
   * Resolves with the reason why a reader who is there did not get all of it, if that is so.
   */
  async written(): Promise<Error | undefined> {
    await Promise.all(this.#streams.map((stream) => new Promise((resolve) => stream.write('', resolve))));
    return this.#lost;
  }
}
