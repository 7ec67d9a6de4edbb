import { type Config, extension } from './typed.js';

/** Istio's default format (`pilot/pkg/model/telemetry_logging.go`, `EnvoyTextLogFormat`). */
const FORMAT = [
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS%',
  '%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%"',
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%"',
  '"%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER%',
  '%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME%',
  '%ROUTE_NAME%\n',
].join(' ');

/** One line for each exchange or connection. */
export function accessLog(path: string): Config {
  return extension('envoy.access_loggers.file', 'extensions.access_loggers.file.v3.FileAccessLog', {
    path,
    log_format: { text_format_source: { inline_string: FORMAT } },
  });
}

/** One line for each connection that no filter chain takes: plaintext under STRICT, for example. */
export function refusedConnectionsLog(path: string): Config {
  return { ...accessLog(path), filter: { response_flag_filter: { flags: ['NR'] } } };
}
