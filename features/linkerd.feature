Feature: Mirroring on a Linkerd mesh

  Linkerd's proxies speak mutual TLS with each other and carry HTTP/1.1 over HTTP/2 between them; the application gets every request in the
  version that it was made in, on lo, from its own pod's address. Bytes of opaque ports go to port 4143 of the other proxy, behind a header
  that names the port. Callers without a proxy are let in.

  In a lab the proxies are mirrorspec's own, not linkerd2-proxy. Without a control plane there is no policy, and nothing is retried or balanced.

  Scenario Outline: with mirrord <version> a <protocol> call is mirrored as the application gets it
    Given a Linkerd mesh
    And mirrord <version>
    When a <protocol> call is made
    Then it is mirrored
    And the workload answers as usual
    And the mirrored request was sent over <protocol>
    And the mirrored headers contain:
      | l5d-client-id | caller.default.serviceaccount.identity.linkerd.cluster.local |

    Examples: packet capture, on lo by itself
      | version | protocol           |
      | 3.150   | HTTP/1.1           |
      | 3.150   | HTTP/2             |
      | 3.150   | gRPC-over-HTTP/1.1 |
      | 3.150   | gRPC-over-HTTP/2   |

    Examples: redirection, behind the proxy
      | version | protocol           |
      | 3.250   | HTTP/1.1           |
      | 3.250   | gRPC-over-HTTP/2   |

  Scenario Outline: with mirrord <version> <protocol> is mirrored, too
    Given a Linkerd mesh
    And mirrord <version>
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | version | protocol  |
      | 3.150   | TCP       |
      | 3.150   | WebSocket |
      | 3.250   | TCP       |
      | 3.250   | SSE       |

  Scenario: the service mesh is known by its rules, and the hop behind the proxy is taken
    Given a Linkerd mesh
    And mirrord 3.250
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the service mesh linkerd is detected
    And the rules of the mirror session took 1 connection from inside of the pod
    And the rules of the mesh took 1 connection from outside of the pod

  @limitation:L1b
  Scenario Outline: a <protocol> call is mirrored from "eth0"
    Given a Linkerd mesh
    And the mirror listens on "eth0"
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | protocol         |
      | HTTP/1.1         |
      | gRPC-over-HTTP/2 |

  @limitation:L1b
  Scenario: a call to an opaque port is mirrored from "eth0"
    Given a Linkerd mesh
    And the mirror listens on "eth0"
    When a TCP call is made
    Then it is mirrored

  Scenario Outline: a caller without a proxy is let in, and seen on <interface>
    Given a Linkerd mesh
    And a caller outside of the mesh
    And the mirror listens on "<interface>"
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | interface | protocol         |
      | lo        | HTTP/1.1         |
      | eth0      | gRPC-over-HTTP/2 |

  Scenario: calls over connections of their own share one to the application
    Given a Linkerd mesh
    And mirrord 3.150
    And a new connection for each call
    When 20 gRPC-over-HTTP/2 calls are made
    Then all of them are mirrored
    And the workload sees 1 connection
