import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';

type Koffi = typeof import('koffi');
type Library = ReturnType<Koffi['load']>;

/** A system call that failed: `code` is the errno's name (`EPERM`), `syscall` the call. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;
  readonly syscall: string;

  constructor(syscall: string, errno: number, what = '') {
    const code = errnoName(errno);
    super(`${syscall}${what === '' ? '' : ` ${what}`}: ${code}`);
    this.code = code;
    this.syscall = syscall;
  }
}

const require = createRequire(import.meta.url);
let loaded: { readonly koffi: Koffi; readonly libc: Library } | undefined;

/** koffi and the C library, loaded at first use: it costs about 20 ms that most commands never need. */
function foreign(): { readonly koffi: Koffi; readonly libc: Library } {
  if (loaded === undefined) {
    const koffi = require('koffi') as Koffi;
    // The name without a version is a linker script where development files are installed; musl has only that one.
    let libc: Library;
    try {
      libc = koffi.load('libc.so.6');
    } catch {
      libc = koffi.load('libc.so');
    }
    loaded = { koffi, libc };
  }
  return loaded;
}

export function koffi(): Koffi {
  return foreign().koffi;
}

/**
 * Binds one C function at its first call. The types are the caller's word: a prototype that does not match the
 * arguments is a memory fault, so prototypes stand beside their only use.
 */
export function bind<Arguments extends readonly unknown[], Result>(prototype: string): (...args: Arguments) => Result {
  let call: ((...args: Arguments) => Result) | undefined;
  return (...args) => {
    call ??= foreign().libc.func(prototype) as unknown as (...args: Arguments) => Result;
    return call(...args);
  };
}

/** Passes a call's result through; throws {@link SystemCallError} if it is -1. To be used at once after the call. */
export function check(result: number, syscall: string, what?: string): number {
  if (result === -1) throw lastError(syscall, what);
  return result;
}

/** The error that errno holds since the last call. */
export function lastError(syscall: string, what?: string): SystemCallError {
  return new SystemCallError(syscall, koffi().errno(), what);
}

function errnoName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `errno ${errno}`;
  }
}
