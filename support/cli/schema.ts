import { Argument, Command } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

export const SCHEMA_KINDS = [
  'feature',
  'environment',
  'limitation',
  'gate',
  'project',
  'results',
  'conformance',
] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

export function schemaCommand(finish: (code: ExitCode) => void): Command {
  return new Command('schema')
    .summary('print the JSON Schema of a kind of file')
    .description(
      "Prints a JSON Schema (2020-12) for editors and other tools; that of features knows the project's own steps. With --out all of them are written.",
    )
    .addArgument(new Argument('[kind]', 'the kind of file').choices(SCHEMA_KINDS))
    .option('--out <folder>', 'write <kind>.schema.json into this folder; without a kind all of them')
    .action(async (kind: SchemaKind | undefined, { out }: { readonly out?: string }, command: Command) => {
      if (kind === undefined && out === undefined) {
        command.error(`error: name a kind (${SCHEMA_KINDS.join(', ')}), or a folder for all of them with --out`);
      }
      const { schemasOf, writeSchemas } = await import('./write-schemas.js');
      const schemas = await schemasOf(process.cwd(), kind === undefined ? SCHEMA_KINDS : [kind]);
      process.stdout.write(out === undefined ? schemas.map(({ text }) => text).join('') : writeSchemas(schemas, out));
      finish(EXIT.asExpected);
    });
}
