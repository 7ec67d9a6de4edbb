import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RAW_MESSAGES_FOLDER } from '../environment/environment.js';
import { measureCollateral } from '../evidence/collateral/measure.js';
import { redaction, redactJournal } from '../evidence/redact.js';
import { EMBEDDED_VERDICT } from '../model/embedded-verdict.js';
import type { Journal } from '../model/journal.js';
import { type EvidenceFile, RECORD_MEDIA_TYPE } from '../model/scenario-record.js';
import type { LogLine } from '../model/session.js';
import type { CallVerdict } from '../model/verdict.js';
import { visibleLines } from '../model/visible-text.js';
import { keepMessages } from './keep-messages.js';
import { latencyOf } from './latency.js';
import { type Finding, scenarioRecord } from './scenario-record.js';
import { outcomesSoFar } from './stream-batch.js';
import type { MirrorspecWorld } from './world.js';

/** Attachments travel in every report; what is larger stays on disk and is named there. Bytes. */
const ATTACHMENT_LIMIT = 64 * 1024;

/**
 * Writes what is known of a scenario into its evidence folder and attaches it: journals, packet captures, logs, verdicts,
 * and what the situation that a step asked for was made of. Credentials are redacted in all of it but the packet captures, which
 * a project may choose not to keep.
 */
export async function keepEvidence(world: MirrorspecWorld): Promise<void> {
  try {
    await keepAll(world);
  } finally {
    if (world.evidenceFolder !== undefined) await removeUnkept(world.evidenceFolder.path, world.run.redact.captures);
  }
}

/** Whatever became of the rest: what is not redacted, and not to be kept, must not stay. */
async function removeUnkept(folder: string, captures: 'keep' | 'omit'): Promise<void> {
  await rm(join(folder, RAW_MESSAGES_FOLDER), { recursive: true, force: true });
  if (captures === 'keep') return;
  const files = await readdir(folder).catch(() => []);
  const captured = files.filter((file) => file.endsWith('.pcapng'));
  await Promise.all(captured.map((file) => rm(join(folder, file), { force: true })));
}

async function keepAll(world: MirrorspecWorld): Promise<void> {
  const { evidenceFolder: folder, deploymentIfBuilt: deployment } = world;
  if (folder === undefined || deployment === undefined) {
    attachRecord(world, { interfaces: [], files: [], problems: [] });
    return;
  }
  const problems: string[] = [];
  const attempt = async <Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };

  const session = await attempt('session', async () => deployment.session?.report());
  const finished = await attempt('captures', () => deployment.finish());
  const interfaces = await attempt('interface counters', () => deployment.interfaces());
  const journals = deployment.journals();
  const secretive = await attempt('long messages', () =>
    keepMessages(
      folder,
      { caller: journals.caller, workload: journals.workload, 'local process': journals.localProcess },
      finished?.longMessages ?? new Map(),
    ),
  );
  await folder.write('caller.ndjson', ndjson(journals.caller, secretive));
  if (journals.workload !== undefined) await folder.write('workload.ndjson', ndjson(journals.workload, secretive));
  await folder.write('local-process.ndjson', ndjson(journals.localProcess, secretive));
  for (const { part, lines } of deployment.logs()) {
    if (lines.length > 0) await folder.write(`${part.replaceAll(' ', '-')}.log`, logText(lines));
  }
  if (session !== undefined) await folder.write('agent.log', logText(session.log));
  for (const [name, text] of Object.entries(finished?.notes ?? {})) {
    await folder.write(`${name.replaceAll(' ', '-')}.txt`, redaction().text(text));
  }
  const summary = redaction().deep({
    meaning: EMBEDDED_VERDICT,
    environment: world.run.environment,
    facts: deployment.facts,
    session: session === undefined ? null : { ...session, log: undefined },
    interfaces,
    calls: world.batches.flatMap((batch) =>
      outcomesSoFar(batch).map((outcome) => ({
        ...outcome,
        protocol: batch.plan.protocol,
        interaction: batch.plan.interaction,
      })),
    ),
    verdicts: summaryOfVerdicts(world.verdictsIfDecided),
    collateral: await attempt('collateral', async () => ({
      ...measureCollateral(await world.evidence()),
      latency: world.batches.map(latencyOf).map(({ text: _, ...latency }) => latency),
    })),
    problems,
  });
  await folder.write('scenario.json', `${JSON.stringify(summary, undefined, 2)}\n`);

  world.attach(JSON.stringify(summary, undefined, 2), { mediaType: 'application/json', fileName: 'scenario.json' });
  const captured = (finished?.files ?? []).map((file) => file.slice(folder.path.length + 1));
  const captures = world.run.redact.captures === 'keep' ? captured : [];
  const files = [...folder.files, ...captures];
  attachRecord(world, {
    deployment,
    session,
    interfaces: interfaces ?? [],
    rules: finished?.rules,
    files: await sizesOf(folder.path, files),
    problems,
  });
  for (const file of files.filter((name) => name !== 'scenario.json')) {
    const content = await attempt(file, () => folder.read(file, ATTACHMENT_LIMIT));
    if (content === undefined) continue;
    if (!Buffer.isBuffer(content)) {
      world.log(
        `${file} (${content.length} bytes) is kept beside the report: ${world.run.evidenceHref}/${folder.name}/${file}`,
      );
    } else if (content.length > 0) {
      world.attach(content, { mediaType: mediaTypeOf(file), fileName: file });
    }
  }
  if (world.run.redact.captures === 'omit' && captured.length > 0) {
    world.log(`Packet captures are not kept, as the project says (redact.captures: omit): ${captured.join(', ')}`);
  }
  if (problems.length > 0) world.log(`Some evidence could not be kept:\n${problems.join('\n')}`);
}

/** For `results.json`, and whatever is made of it. */
function attachRecord(world: MirrorspecWorld, finding: Finding): void {
  world.attach(JSON.stringify(redaction().deep(scenarioRecord(world, finding))), {
    mediaType: RECORD_MEDIA_TYPE,
    fileName: 'record.json',
  });
}

function sizesOf(folder: string, names: readonly string[]): Promise<EvidenceFile[]> {
  return Promise.all(
    names.map(async (name) => ({
      name,
      bytes: await stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    })),
  );
}

function mediaTypeOf(file: string): string {
  if (file.endsWith('.pcapng')) return 'application/x-pcapng';
  return file.endsWith('.ndjson') ? 'application/x-ndjson' : 'text/plain';
}

function ndjson(journal: Journal, secretive: ReadonlySet<string> | undefined): string {
  return redactJournal(journal, secretive)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');
}

function logText(lines: readonly LogLine[]): string {
  // As one text: a private key takes several lines. What a program prints must not act on the terminal that shows its log.
  return visibleLines(
    redaction().text(lines.map(({ at, level, text }) => `${new Date(at).toISOString()} ${level} ${text}\n`).join('')),
  );
}

function summaryOfVerdicts(verdicts: ReadonlyMap<string, CallVerdict> | undefined): readonly CallVerdict[] {
  return [...(verdicts?.values() ?? [])];
}
