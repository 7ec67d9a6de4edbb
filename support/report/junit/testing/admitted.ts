import { readFileSync } from 'node:fs';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';

const XSD = readFileSync(new URL('../../../../../support/report/junit/testing/junit.xsd', import.meta.url), 'utf8');

/** The document, read by libxml2; throws where it is no XML, or the schema of JUnit does not admit it. */
export function admittedJunit(xml: string): XmlDocument {
  const document = XmlDocument.fromString(xml);
  const schema = XmlDocument.fromString(XSD);
  const validator = XsdValidator.fromDoc(schema);
  try {
    validator.validate(document);
    return document;
  } finally {
    validator.dispose();
    schema.dispose();
  }
}
