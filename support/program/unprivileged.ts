import { statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { dirname } from 'node:path';
import type { User } from './protocol.js';

/** Execute (search) and read permission of those who neither own a file nor are in its group. */
const SEARCHABLE_BY_OTHERS = 0o1;
const READABLE_BY_OTHERS = 0o4;

/**
 * The argument vector that runs a user's command as an unprivileged user, without a way back and without capabilities, but for
 * those that the user keeps.
 *
 * A project in a folder that is closed to others (a home, a temporary folder) could then not be read. Only for such a
 * folder the command keeps one capability, to read files (CAP_DAC_READ_SEARCH); in a user namespace it reaches no
 * further than the files of the user who started the run.
 */
export function unprivilegedCommand(argv: readonly string[], user: User, folder: string): string[] {
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'];
  const kept = [
    ...(isOpenToOthers(folder) ? [] : ['+dac_read_search']),
    ...(user.keepsNetworkAdministration === true ? ['+net_admin'] : []),
  ];
  const only = ['-all', ...kept].join(',');
  const ambient = kept.length === 0 ? [] : [`--ambient-caps=${kept.join(',')}`];
  const capabilities = [`--inh-caps=${only}`, ...ambient, `--bounding-set=${only}`];
  return [...ordinaryPriority(), 'setpriv', ...identity, ...capabilities, '--pdeathsig=KILL', '--', ...argv];
}

/** The starter may have a priority of its own, which its children inherit; `nice` adds to it. */
function ordinaryPriority(): string[] {
  const priority = getPriority();
  return priority < 0 ? ['nice', `--adjustment=${-priority}`] : [];
}

/** Whether anybody may enter a folder and read it. */
export function isOpenToOthers(folder: string): boolean {
  const { mode } = statSync(folder);
  if ((mode & READABLE_BY_OTHERS) === 0) return false;
  for (let current = folder; ; current = dirname(current)) {
    if ((statSync(current).mode & SEARCHABLE_BY_OTHERS) === 0) return false;
    if (dirname(current) === current) return true;
  }
}
