/** The YAML language server that editors run, spoken to as an editor does: over stdio, by the language server protocol. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ANSWER_WITHIN = 60_000;
/** What an editor asks its user for. Schemas come from the files alone, not from a catalogue on the internet. */
const SETTINGS = { yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } }, http: {} };

/**
 * Starts the server that is installed in `folder`.
 * @param node the program that runs it
 */
export async function startLanguageServer(folder, node, workspace) {
  // Its own copy of the protocol's library, so that both ends are of one version.
  const main = createRequire(join(folder, 'package.json')).resolve('yaml-language-server/package.json');
  const { createMessageConnection, StreamMessageReader, StreamMessageWriter } =
    createRequire(main)('vscode-jsonrpc/node');
  const child = spawn(node, [join(dirname(main), 'bin', 'yaml-language-server'), '--stdio'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const diagnostics = new Map();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics: found }) =>
    diagnostics.get(uri)?.(found),
  );
  connection.onRequest('workspace/configuration', ({ items }) =>
    items.map(({ section }) => (section ?? '').split('.').reduce((settings, key) => settings?.[key], SETTINGS) ?? null),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();

  const uri = pathToFileURL(workspace).href;
  await within(
    'initialize',
    connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'workspace' }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: {
          publishDiagnostics: {},
          hover: { contentFormat: ['markdown'] },
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        },
      },
    }),
  );
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings: SETTINGS });

  return {
    /** Opens a text as if it stood in the file, and waits for what the server finds wrong with it. */
    async open(path, text) {
      const document = pathToFileURL(path).href;
      const found = new Promise((resolve) => diagnostics.set(document, resolve));
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: document, languageId: 'yaml', version: 1, text },
      });
      const opened = { textDocument: { uri: document } };
      return {
        diagnostics: await within(`diagnostics of ${path}`, found),
        /** Labels that are offered at a place; line and column from 0. */
        async completion(position) {
          const answer = await within(
            'completion',
            connection.sendRequest('textDocument/completion', { ...opened, position }),
          );
          return (answer?.items ?? []).map(({ label }) => label);
        },
        /** What is shown for a place, as Markdown. */
        async hover(position) {
          const answer = await within('hover', connection.sendRequest('textDocument/hover', { ...opened, position }));
          return typeof answer?.contents === 'string' ? answer.contents : (answer?.contents?.value ?? '');
        },
        async close() {
          diagnostics.delete(document);
          await connection.sendNotification('textDocument/didClose', opened);
        },
      };
    },

    dispose() {
      connection.dispose();
      child.kill();
    },
  };
}

async function within(what, answer) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the language server did not answer: ${what}`)), ANSWER_WITHIN);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
