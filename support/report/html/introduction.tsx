/** For a reader who has never heard of any of it: what is tested here, in three sentences and a drawing. */
export function Introduction() {
  return (
    <section class="introduction" aria-labelledby="introduction-title">
      <h2 id="introduction-title">What is tested here</h2>
      <div class="columns">
        <p>
          <strong>Mirroring</strong> lets a process on a developer's machine receive a copy of the requests that an
          application in a cluster gets, while the application answers as always;{' '}
          <a href="https://mirrord.dev">mirrord</a> does that. In a <strong>service mesh</strong> a proxy, the sidecar,
          stands before every application and encrypts what leaves the pod, so it matters where the copy is taken. Each
          scenario below builds one situation, makes real calls, and compares what was sent with what arrived. A call is{' '}
          <strong>mirrored</strong> if the local process got exactly what the caller sent, once, and neither caller nor
          application noticed.
        </p>
        <svg viewBox="0 0 474 130" role="img" aria-labelledby="introduction-drawing">
          <title id="introduction-drawing">
            A caller's request passes two sidecars to the application; a mirror agent beside the application sends a
            copy to a local process.
          </title>
          <rect class="pod" x="4" y="8" width="148" height="58" rx="8" />
          <rect class="pod" x="216" y="8" width="254" height="58" rx="8" />
          <Box x={12} text="caller" />
          <Box x={82} text="sidecar" />
          <Box x={224} text="sidecar" />
          <Box x={300} text="agent" kind="agent" />
          <Box x={376} text="application" wide />
          <rect class="part local-process" x="271" y="94" width="120" height="30" rx="5" />
          <text class="name" x="331" y="113">
            local process
          </text>
          <path class="call" d="M74 37H82M144 37H221M286 37H300M362 37H373" />
          <path class="head call" d="M224 37l-7 -4v8z" />
          <path class="head call" d="M376 37l-7 -4v8z" />
          <path class="copy" d="M331 52V90" />
          <path class="head copy" d="M331 94l-4 -7h8z" />
          <text class="note" x="184" y="30">
            mutual TLS
          </text>
          <text class="note start" x="340" y="82">
            the copy
          </text>
        </svg>
      </div>
    </section>
  );
}

function Box({
  x,
  text,
  kind = '',
  wide = false,
}: {
  readonly x: number;
  readonly text: string;
  readonly kind?: string;
  readonly wide?: boolean;
}) {
  const width = wide ? 86 : 62;
  return (
    <>
      <rect class={`part ${kind}`} x={x} y="22" width={width} height="30" rx="5" />
      <text class="name" x={x + width / 2} y="41">
        {text}
      </text>
    </>
  );
}
