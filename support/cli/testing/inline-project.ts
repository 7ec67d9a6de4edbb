import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { PACKAGE_ROOT } from '../project.js';

export interface Ended {
  readonly code: number | null;
  /** With every duration replaced by `T`. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  /** Resolves when stdout contains `text` so many times; rejects when the command ends before. */
  prints(text: string, times?: number): Promise<void>;
  /** The same of stderr. */
  warns(text: string, times?: number): Promise<void>;
  /** Reads nothing more of stdout, as `| head` does. */
  closeOutput(): void;
  readonly ended: Promise<Ended>;
}

/** A project of a user's in a temporary folder, in which `mirrorspec` is installed. */
export class InlineProject {
  readonly path: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'mirrorspec-project-')));
    mkdirSync(join(this.path, 'node_modules'));
    symlinkSync(PACKAGE_ROOT, join(this.path, 'node_modules', 'mirrorspec'));
    this.write('package.json', '{ "type": "module" }\n');
    for (const [file, content] of Object.entries(files)) this.write(file, content);
  }

  write(file: string, content: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), content);
  }

  /** Makes one of mirrorspec's own dependencies one of the project's. */
  link(name: string): void {
    const path = join(this.path, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(PACKAGE_ROOT, 'node_modules', name), path);
  }

  /** Runs `mirrorspec` in the project. */
  mirrorspec(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  start(...args: readonly string[]): Started {
    const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, GITHUB_ACTIONS: ___, ...env } = process.env;
    const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'dist/support/cli/main.js'), ...args], {
      cwd: this.path,
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout: withoutDurations(stdout), stderr }));
    });
    const appears = (text: string, times: number, stream: Readable, output: () => string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output().split(text).length > times) resolve();
        };
        stream.on('data', look);
        child.on('close', () => reject(new Error(`ended without printing "${text}":\n${stdout}${stderr}`)));
        look();
      });
    return {
      pid: child.pid ?? 0,
      prints: (text, times = 1) => appears(text, times, child.stdout, () => stdout),
      warns: (text, times = 1) => appears(text, times, child.stderr, () => stderr),
      closeOutput: () => void child.stdout.destroy(),
      ended,
    };
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function withoutDurations(text: string): string {
  return text.replace(/\d+\.\d+ s\b/g, 'T');
}
