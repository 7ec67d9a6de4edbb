import { parseArgs } from 'node:util';
import { PROFILES, type Profile } from '../support/model/session.js';
import { machine } from './machine.js';
import type { Row } from './row.js';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    /** Calls of `completeness`. */
    calls: { type: 'string', default: '20000' },
    /** Minutes of `soak`, of which each profile gets all. */
    minutes: { type: 'string', default: '10' },
    /** Of `soak`: one profile only. */
    profile: { type: 'string' },
    /** Of `matrix`: how often, to find cells that waver. */
    runs: { type: 'string', default: '1' },
    /** Of `matrix`: these kinds of mesh only. */
    mesh: { type: 'string' },
    /** Of `matrix`: these protocols only. */
    protocol: { type: 'string' },
  },
});

/** Those that take long run only when they are asked for. */
const LONG = new Set(['soak', 'matrix']);
const BENCHMARKS: Readonly<Record<string, () => Promise<Row[]>>> = {
  lab: async () => (await import('./lab.js')).labRows(),
  scenario: async () => (await import('./scenario.js')).scenarioRows(),
  capture: async () => (await import('./capture.js')).captureRows(),
  completeness: async () => (await import('./completeness.js')).completenessRows(numberOf('calls')),
  soak: async () => (await import('./soak.js')).soakRows(numberOf('minutes'), profileOf(options.profile)),
  matrix: async () => (await import('./matrix.js')).matrixRows(numberOf('runs'), matrixOptions()),
  engines: async () => (await import('./engines.js')).engineRows(),
  runner: async () => (await import('./runner-overhead.js')).runnerRows(),
  help: async () => (await import('./help.js')).helpRows(),
  lint: async () => (await import('./lint.js')).lintRows(),
  report: async () => (await import('./report.js')).reportRows(),
};

const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  process.stderr.write(
    `there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}\n`,
  );
  process.exit(2);
}

process.stdout.write(`${machine()}\n\n`);
let missed = 0;
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 ? !wanted.includes(name) : LONG.has(name)) continue;
  for (const row of await run()) {
    const mark = row.holds === undefined ? ' ' : row.holds ? '✓' : '✗';
    if (row.holds === false) missed += 1;
    process.stdout.write(
      `${mark} ${row.what}\n    ${row.figure}${row.bound === undefined ? '' : `   bound: ${row.bound}`}\n`,
    );
  }
}
process.stdout.write(
  missed === 0 ? '\nEvery bound holds.\n' : `\n${missed} bound${missed === 1 ? ' does' : 's do'} not hold.\n`,
);

function matrixOptions(): readonly string[] {
  const { mesh, protocol } = options;
  return Object.entries({ mesh, protocol }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
}

function profileOf(text: string | undefined): Profile | undefined {
  const profile = PROFILES.find((each) => each === text);
  if (text === undefined || profile !== undefined) return profile;
  process.stderr.write(`--profile takes one of ${PROFILES.join(', ')}\n`);
  process.exit(2);
}

function numberOf(option: keyof typeof options): number {
  const number = Number(options[option]);
  if (number > 0) return number;
  process.stderr.write(`--${option} takes a number above 0\n`);
  process.exit(2);
}
