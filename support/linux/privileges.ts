/**
 * Becomes an ordinary user for good: supplementary groups, gid, uid, in that order. To be called once everything that needs
 * privileges is open.
 *
 * @returns why it was not possible: a user namespace that maps only one user cannot do it (EINVAL), and has little to give up.
 */
export function giveUpPrivileges(user: { readonly uid: number; readonly gid: number }): Error | undefined {
  try {
    process.setgroups?.([]);
    process.setgid?.(user.gid);
    process.setuid?.(user.uid);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
