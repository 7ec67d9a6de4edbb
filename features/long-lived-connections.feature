Feature: Connections that are older than the session
  Callers keep connections, and so do sidecars, which may be older still. Whether a call on one of them is mirrored depends on its
  protocol and on how the mirror takes its traffic.

  Rule: a mirror that captures packets takes up HTTP/1.1 at the next request, and HTTP/2 never

    @limitation:L2
    Scenario Outline: with mirrord <version> and the mesh <mesh>, <protocol> from before the session is mirrored
      Given the mesh is <mesh>
      And mirrord <version>
      And a caller that is already connected
      When a <protocol> call is made
      Then it is mirrored

      Examples:
        | mesh  | version | protocol         |
        | none  | 3.150   | HTTP/1.1         |
        | none  | 3.150   | HTTP/2           |
        | istio | 3.150   | HTTP/1.1         |
        | istio | 3.150   | HTTP/2           |
        | istio | 3.150   | gRPC-over-HTTP/2 |
        | istio | 3.250   | gRPC-over-HTTP/2 |

    Scenario: HTTP/2 is mirrored as soon as the caller connects anew
      Given no mesh
      And mirrord 3.150
      And a caller that is already connected over HTTP/2
      When the mirror session is started
      And the caller connects anew
      And an HTTP/2 call is made
      Then it is mirrored

    @limitation:L2
    Scenario: on a mesh it does not help that the caller connects anew, for the sidecar keeps its connection
      Given an Istio mesh
      And mirrord 3.150
      And a caller that is already connected over HTTP/2
      When the mirror session is started
      And the caller connects anew
      And an HTTP/2 call is made
      Then it is mirrored

    Scenario Outline: HTTP/1.1 from before the session is mirrored with packets of at most <bytes> bytes
      Given no mesh
      And mirrord 3.150
      And packets of at most <bytes> bytes
      And a caller that is already connected
      And the request is POST "/orders/2026/november/espresso/to-take-away/with-oat-milk/and-a-note-for-the-barista"
      When an HTTP/1.1 call is made
      Then it is mirrored

      Examples: the request line fits into one packet
        | bytes |
        | 1500  |

      @limitation:L3
      Examples: it does not
        | bytes |
        | 128   |

  Rule: a mirror that redirects connections sees new ones only, and makes them new

    Scenario Outline: the flush makes the connections of <mesh> new, and <protocol> from before the session is mirrored
      Given the mesh is <mesh>
      And mirrord 3.250
      And a caller that is already connected
      When a <protocol> call is made
      Then it is mirrored

      Examples:
        | mesh  | protocol         |
        | none  | HTTP/1.1         |
        | istio | HTTP/1.1         |
        | istio | HTTP/2           |
        | istio | gRPC-over-HTTP/2 |

    @limitation:L9
    Scenario Outline: without a flush, <protocol> from before the session is mirrored
      Given an Istio mesh
      And mirrord 3.250
      And the mirror flushes no connections
      And a caller that is already connected
      When a <protocol> call is made
      Then it is mirrored

      Examples:
        | protocol         |
        | HTTP/1.1         |
        | gRPC-over-HTTP/2 |

    Scenario: in a pod without a mesh the redirection breaks old connections, with a flush or without
      Given no mesh
      And mirrord 3.250
      And the mirror flushes no connections
      And a caller that is already connected
      When an HTTP/1.1 call is made
      Then the call is refused
      And the caller's connections are reset
      When an HTTP/1.1 call is made
      Then it is mirrored

  Rule: sessions may come one after the other

    Scenario Outline: each session mirrors <protocol>, and nothing is noticed between them (mirrord <version>, mesh <mesh>)
      Given the mesh is <mesh>
      And mirrord <version>
      When a <protocol> call is made
      Then it is mirrored
      When the mirror session is stopped
      And a <protocol> call is made
      Then the workload answers as usual
      When the mirror session is started
      And a <protocol> call is made
      Then it is mirrored

      Examples:
        | mesh  | version | protocol         |
        | none  | 3.150   | HTTP/1.1         |
        | istio | 3.150   | HTTP/1.1         |
        | istio | 3.250   | HTTP/1.1         |
        | istio | 3.250   | gRPC-over-HTTP/2 |

    @limitation:L2
    Scenario Outline: <protocol> connections of one session are old for the next (mesh <mesh>)
      Given the mesh is <mesh>
      And mirrord 3.150
      When a <protocol> call is made
      Then it is mirrored
      When the mirror session is stopped
      And the mirror session is started
      And a <protocol> call is made
      Then it is mirrored

      Examples:
        | mesh  | protocol         |
        | none  | HTTP/2           |
        | istio | gRPC-over-HTTP/2 |

    Scenario: connections through a redirecting mirror end with its session, and a caller that connects anew is served and mirrored
      Given no mesh
      And mirrord 3.250
      When an HTTP/1.1 call is made
      Then it is mirrored
      When the mirror session is stopped
      And the caller connects anew
      And an HTTP/1.1 call is made
      Then the workload answers as usual
      When the mirror session is started
      Then the caller's connections are reset
      When an HTTP/1.1 call is made
      Then it is mirrored
