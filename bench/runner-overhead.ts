import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Row } from './row.js';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const MIRRORSPEC = join(PACKAGE, 'dist/support/cli/main.js');
const CUCUMBER = join(PACKAGE, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
const FILES = 50;
const SCENARIOS_PER_FILE = 20;
const RUNS = 5;

/** 1,000 scenarios of five steps that do nothing, through mirrorspec and through bare cucumber-js with the same reports. */
export async function runnerRows(): Promise<Row[]> {
  const project = mkdtempSync(join(tmpdir(), 'mirrorspec-bench-'));
  try {
    writeProject(project);
    const ratios: number[] = [];
    const plain: number[] = [];
    for (let run = -1; run < RUNS; run += 1) {
      const ours = time(project, [MIRRORSPEC, 'run', '--parallel', '1', '--report-dir', 'out/ours']);
      const theirs = time(project, [CUCUMBER, '--import', 'steps/noop.js', ...formats()]);
      const bare = time(project, [CUCUMBER, '--import', 'steps/noop.js']);
      if (run < 0) continue;
      ratios.push(ours / theirs);
      plain.push(ours / bare);
    }
    const ratio = median(ratios);
    return [
      {
        what: 'runner: 1,000 no-op scenarios, against bare cucumber-js with the same three reports',
        figure: `${ratio.toFixed(2)} × (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
        bound: '≤ 1.25 ×',
        holds: ratio <= 1.25,
      },
      {
        what: 'runner: the same, against bare cucumber-js without any report',
        figure: `${median(plain).toFixed(2)} ×`,
      },
    ];
  } finally {
    rmSync(project, { recursive: true });
  }
}

function formats(): string[] {
  return ['html:out/theirs.html', 'junit:out/theirs.xml', 'message:out/theirs.ndjson'].flatMap((format) => [
    '--format',
    format,
  ]);
}

function time(project: string, args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args, { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  return performance.now() - start;
}

function writeProject(project: string): void {
  for (const folder of ['features', 'steps', 'out', 'node_modules']) mkdirSync(join(project, folder));
  symlinkSync(join(PACKAGE, 'node_modules/@cucumber'), join(project, 'node_modules/@cucumber'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(
    join(project, 'steps/noop.js'),
    "import { Given } from '@cucumber/cucumber';\nGiven('nothing happens {int}', (_number) => {});\n",
  );
  for (let file = 0; file < FILES; file += 1) {
    const scenarios = Array.from({ length: SCENARIOS_PER_FILE }, (_, number) => {
      const steps = [1, 2, 3, 4, 5].map((step) => `    Given nothing happens ${step}`);
      return [`  Scenario: number ${number}`, ...steps].join('\n');
    });
    writeFileSync(join(project, `features/file-${file}.feature`), `Feature: number ${file}\n${scenarios.join('\n')}\n`);
  }
}
