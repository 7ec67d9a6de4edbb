Feature: Mirroring on an Istio ambient mesh

  There are no sidecars. Ztunnels carry connections between pods in tunnels of mutual TLS, and hand them to the application on lo, in plaintext,
  from the client's own address; they look into nothing.

  In a lab each pod has a ztunnel of its own, mirrorspec's program, where a node has one for all its pods. No waypoint takes part, and pods have
  IPv4 only.

  Scenario Outline: "lo" mirrors a <protocol> call, with the client's address
    Given an Istio ambient mesh
    And the mirror listens on "lo"
    When a <protocol> call is made
    Then it is mirrored
    And the local process sees the caller's address
    And "eth0" carried TLS only

    Examples:
      | protocol         |
      | HTTP/1.1         |
      | HTTP/2           |
      | gRPC-over-HTTP/2 |
      | TCP              |

  Scenario: between ztunnels everything is encrypted, so that "eth0" does not mirror a caller inside the mesh
    Given an Istio ambient mesh
    And the mirror listens on "eth0"
    When an HTTP/1.1 call is made
    Then it is not mirrored because of encrypted-interface
    And the workload answers as usual
    And "eth0" carried TLS only

  Scenario Outline: PERMISSIVE admits a caller outside the mesh, and "<interface>" mirrors it
    Given an Istio ambient mesh with PERMISSIVE mutual TLS
    And a caller outside the mesh
    And the mirror listens on "<interface>"
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And "eth0" carried plaintext

    Examples:
      | interface |
      | lo        |
      | eth0      |

  Scenario: STRICT refuses a caller outside the mesh
    Given an Istio ambient mesh
    And a caller outside the mesh
    And the mirror listens on "lo"
    When an HTTP/1.1 call is made
    Then the call is refused
    And it is not mirrored because of call-not-delivered

  Scenario: an agent that redirects recognises the mesh, and mirrors
    Given an Istio ambient mesh
    And mirrord 3.250
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the service mesh istio-ambient is detected
    And the workload answers as usual
