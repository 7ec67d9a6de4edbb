import { request } from 'node:http';

/** Asks a server on a Unix socket. Rejects when there is none, or when it answers with something else than 200. */
export function askSocket({
  socket,
  method,
  path,
}: {
  readonly socket: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, method, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${path} was answered with ${answer.statusCode}: ${text.trim()}`));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
