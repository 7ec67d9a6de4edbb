/** A part of Envoy's configuration: JSON of one of its protobuf messages, with the field names of the `.proto` files. */
export type Config = { readonly [field: string]: unknown };

/** A message in a field of type `Any`, for example `extensions.filters.network.tcp_proxy.v3.TcpProxy` (after `envoy.`). */
export function any(type: string, fields: Config = {}): Config {
  return { '@type': `type.googleapis.com/envoy.${type}`, ...fields };
}

/** An extension by its name, configured by a message. */
export function extension(name: string, type: string, fields: Config = {}): Config {
  return { name, typed_config: any(type, fields) };
}

/** Listens on a port on all addresses, of IPv6 too where the pod has them (Istio: `additional_addresses`). */
export function everyAddress(port: number, dualStack = false): Config {
  return {
    address: socketAddress('0.0.0.0', port),
    ...(dualStack && { additional_addresses: [{ address: socketAddress('::', port) }] }),
  };
}

export function socketAddress(address: string, port: number): Config {
  return { socket_address: { address, port_value: port } };
}
