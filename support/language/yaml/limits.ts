/**
 * Bounds of what is read from a YAML file, so that a hostile or mistaken file costs little time and memory. Each is
 * far above what people write: 1,000 scenarios are about 300 KB and 40,000 values.
 */
export const LIMITS = {
  /** Bytes of a file. */
  fileBytes: 1024 * 1024,
  /** Mappings and lists inside each other, aliases followed. */
  depth: 64,
  /** Values of a file: mappings, lists and scalars, each alias counted as often as it is used. */
  nodes: 250_000,
  /** Documents of a file. */
  documents: 1_000,
  /** Mistakes that are told for a file. */
  mistakes: 50,
} as const;
