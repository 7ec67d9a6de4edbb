import { closeSync, openSync } from 'node:fs';
import { bind, check } from './system-call.js';

const setns = bind<[fd: number, type: number], number>('int setns(int fd, int nstype)');
const CLONE_NEWNET = 0x40000000;

/**
 * Does something synchronously in another network namespace: sockets opened in `action` belong to it for good, whoever
 * reads them later. Only the calling thread moves, and it is back before this returns. Needs CAP_SYS_ADMIN in the user
 * namespaces of both network namespaces, as the lab's first process has.
 *
 * @param path a namespace file such as `/run/netns/target`; undefined stays where we are.
 */
export function inNetworkNamespace<Result>(path: string | undefined, action: () => Result): Result {
  if (path === undefined) return action();
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    const away = openSync(path, 'r');
    try {
      check(setns(away, CLONE_NEWNET), 'setns', path);
    } finally {
      closeSync(away);
    }
    try {
      return action();
    } finally {
      check(setns(home, CLONE_NEWNET), 'setns', 'home');
    }
  } finally {
    closeSync(home);
  }
}
