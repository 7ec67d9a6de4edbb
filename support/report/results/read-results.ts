import { readFileSync } from 'node:fs';
import { messageOf, UserError } from '../../model/errors.js';
import { RESULTS_FORMAT, RESULTS_SCHEMA_ID, type Results } from '../../model/results.js';
import { RESULTS_SCHEMA } from './results-schema.js';

/** A newer version may say more than this one knows. */
const OPEN_SCHEMA = JSON.parse(JSON.stringify(RESULTS_SCHEMA), (key, value) =>
  key === 'additionalProperties' && value === false ? undefined : value,
);

/**
 * Reads and checks a `results.json`.
 * @param shown how messages call the file
 * @throws {UserError} where there is none, or it is something else.
 */
export async function readResults(path: string, shown = path): Promise<Results> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`${shown} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  const { $schema, format } = Object(content) as { readonly $schema?: unknown; readonly format?: unknown };
  if ($schema !== RESULTS_SCHEMA_ID) {
    throw new UserError(`${shown} holds no results of mirrorspec: its "$schema" is not "${RESULTS_SCHEMA_ID}"`);
  }
  if (format !== RESULTS_FORMAT) {
    throw new UserError(
      `${shown} has the format ${JSON.stringify(format)}, and this version of mirrorspec reads ${RESULTS_FORMAT}`,
    );
  }
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const validate = new Ajv2020({ strict: true }).compile<Results>(OPEN_SCHEMA);
  if (validate(content)) return content;
  const [mistake] = validate.errors ?? [];
  const allowed = mistake?.keyword === 'enum' ? `: ${JSON.stringify(mistake.params.allowedValues)}` : '';
  throw new UserError(
    `${shown} is not what mirrorspec writes: ${mistake?.instancePath ?? ''} ${mistake?.message}${allowed}`,
  );
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (error instanceof SyntaxError) return `it is no JSON (${messageOf(error)})`;
  return messageOf(error);
}
