export type WatchKey = 'quit' | 'interrupt' | 'run everything';

const KEYS: Readonly<Record<string, WatchKey>> = {
  q: 'quit',
  Q: 'quit',
  '\r': 'run everything',
  '\n': 'run everything',
  // Ctrl-C and Ctrl-D: a terminal that hands out single keys makes no signals of them.
  '\u0003': 'interrupt',
  '\u0004': 'quit',
};

/** Keys of a terminal as they are pressed; nothing where there is no terminal. `dispose` gives the terminal back. */
export function readKeys(
  input: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>,
  onKey: (key: WatchKey) => void,
): { dispose(): void } {
  if (!input.isTTY) return { dispose: () => {} };
  const read = (chunk: Buffer): void => {
    for (const character of chunk.toString('utf8')) {
      const key = KEYS[character];
      if (key !== undefined) onKey(key);
    }
  };
  input.setRawMode(true);
  input.on('data', read);
  input.resume();
  return {
    dispose: () => {
      input.off('data', read);
      input.setRawMode(false);
      input.pause();
    },
  };
}
