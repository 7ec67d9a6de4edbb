import { isatty } from 'node:tty';

/**
 * Has the process end by SIGHUP, as programs do, when its terminal has gone away meanwhile. Node.js gives a terminal back as
 * it was when a process exits (`ResetStdio`), and aborts where that fails, possibly with a core dump.
 */
export function endWithTerminal(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    if (terminals.every((descriptor) => isatty(descriptor))) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}
