import { randomUUID } from 'node:crypto';

/** Header fields by lower-case name, in order of first appearance; several values where a field appears several times. */
export type Fields = Record<string, string | string[]>;

/** Which way a sidecar forwards: to its own application, or for its own application to others. */
export type Side = 'inbound' | 'outbound';

/** Names that concern one connection only (RFC 9110 §7.6.1), besides those that `Connection` lists. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/**
 * The fields of a message without those that concern one connection only. Names become lower case, as Envoy writes them
 * in every version of HTTP. `te` stays only as `trailers`.
 *
 * @param raw names and values in turn, as received
 */
export function endToEndFields(raw: readonly string[]): Fields {
  const fields: Fields = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    const present = fields[name];
    if (present === undefined) fields[name] = value;
    else if (typeof present === 'string') fields[name] = [present, value];
    else present.push(value);
  }
  for (const named of listOf(fields.connection)) if (named !== 'te') delete fields[named];
  for (const name of HOP_BY_HOP) delete fields[name];
  if (fields.te !== undefined) {
    if (listOf(fields.te).includes('trailers')) fields.te = 'trailers';
    else delete fields.te;
  }
  return fields;
}

/** The members of a comma-separated field, in lower case, without parameters. */
export function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? value : value.join(','))
    .split(',')
    .map((member) => (member.split(';')[0] as string).trim().toLowerCase())
    .filter((member) => member !== '');
}

/** The client that a mutual TLS connection proved. */
export interface Peer {
  /** Name of its identity; in Istio its SPIFFE id. */
  readonly id: string;
  /** SHA-256 of the certificate (DER), hex. */
  readonly certificateHash: string;
}

/**
 * Adds what Istio's sidecar adds to a request. The outbound side counts the attempt; the inbound side of a mutual TLS
 * connection appends the client's certificate (APPEND_FORWARD). A `x-forwarded-client-cert` that came over plaintext is
 * a claim without proof, so it goes.
 */
export function addRequestFields(fields: Fields, side: Side, own: string, peer: Peer | undefined): void {
  if (peer === undefined) {
    delete fields['x-forwarded-client-cert'];
  } else {
    const element = `By=${own};Hash=${peer.certificateHash};Subject="";URI=${peer.id}`;
    const before = fields['x-forwarded-client-cert'];
    fields['x-forwarded-client-cert'] = before === undefined ? element : `${[before].flat().join(',')},${element}`;
  }
  fields['x-forwarded-proto'] ??= peer === undefined ? 'http' : 'https';
  fields['x-request-id'] ??= randomUUID();
  if (side === 'outbound') fields['x-envoy-attempt-count'] = '1';
}

/**
 * Adds what Istio's sidecar adds to a response. The server's name is overwritten on both sides; the outbound side says
 * `envoy`, the inbound side `istio-envoy` (Istio `pilot/pkg/networking/util/proxy_headers.go`).
 *
 * @param serviceTimeMs milliseconds from the end of the request's head to the response's; none for own answers
 */
export function addResponseFields(fields: Fields, side: Side, serviceTimeMs: number | undefined): void {
  fields.server = side === 'outbound' ? 'envoy' : 'istio-envoy';
  fields.date ??= httpDate();
  if (serviceTimeMs !== undefined) fields['x-envoy-upstream-service-time'] = String(Math.round(serviceTimeMs));
}

let date = { second: 0, text: '' };

function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== date.second) date = { second, text: new Date(second * 1000).toUTCString() };
  return date.text;
}

/** True for gRPC proper; gRPC-Web is plain HTTP to a proxy (Envoy `Grpc::Common::isGrpcRequestHeaders`). */
export function isGrpcRequest(fields: Fields): boolean {
  const type = fields['content-type'];
  return typeof type === 'string' && (type === 'application/grpc' || type.startsWith('application/grpc+'));
}
