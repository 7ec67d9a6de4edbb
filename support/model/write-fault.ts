import { EnvironmentError } from './errors.js';

/** Why a machine does not take what is written, by the kernel's name for it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a part of that path is a file, not a folder',
  EEXIST: 'there is a file of that name',
  EIO: 'the device fails',
};

/**
 * What an error of the file system means to the reader, if it says that nothing can be written to `folder`; undefined for
 * any other error.
 *
 * @param what what was to be written, for example "the reports".
 */
export function writeFault(error: unknown, what: string, folder: string): EnvironmentError | undefined {
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  // What is written to an open file has no path.
  const isThere = path === undefined ? syscall === 'write' : `${path}/`.startsWith(`${folder}/`);
  if (reason === undefined || !isThere) return undefined;
  return new EnvironmentError(`${what} cannot be written to ${folder}: ${reason}`, { cause: error });
}
