Feature: Whose iptables rules take a connection

  A mesh with sidecars and a mirror that redirects both do it with iptables rules in the workload's pod. Those of the mirror session come
  after those of the mesh, so that each hop has one taker: what comes from outside is the mesh's, what the sidecar hands to the
  application is the session's. The counters are the kernel's.

  Scenario: on a mesh the mesh takes what comes from outside, and the session what the sidecar hands to the application
    Given an Istio mesh
    And mirrord 3.250
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the service mesh istio is detected
    And the rules of the mesh took 1 connection from outside of the pod
    And the rules of the mirror session took 0 connections from outside of the pod
    And the rules of the mirror session took 1 connection from inside of the pod
    And the chain "ISTIO_IN_REDIRECT" took 1 connection
    And the chain "MRDOUT_*" took 1 connection

  Scenario: without a mesh the session takes what comes from outside
    Given no mesh
    And mirrord 3.250
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the service mesh none is detected
    And the rules of the mirror session took 1 connection from outside of the pod
    And the chain "MRDSTD_*" took 0 connections

  Scenario: a mirror that captures packets leaves the rules as they are
    Given an Istio mesh
    And mirrord 3.150
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the mirror session has no rules
    And the rules of the mesh took 1 connection from outside of the pod

  Rule: how the mesh intercepts decides whose address the application sees, and with it the mirror

    Scenario Outline: with <mode>, the address that a <protocol> call comes from is the <peer>'s
      Given an Istio mesh with <mode> interception
      And the mirror listens on "lo"
      When a <protocol> call is made
      Then it is mirrored
      And the workload sees the address of the <peer>
      And the mirror sees the address of the <peer>
      And "lo" carried plaintext
      And "eth0" carried TLS only

      Examples:
        | mode     | protocol         | peer    |
        | REDIRECT | HTTP/1.1         | sidecar |
        | TPROXY   | HTTP/1.1         | caller  |
        | TPROXY   | gRPC-over-HTTP/2 | caller  |

    # Seen on this machine, whose kernel does not answer from 127.0.0.1 to another address unless `route_localnet` is on in the pod. mirrord
    # turns it on for ambient meshes only. With it on, the call is mirrored. Not tried with mirrord itself.
    Scenario: with TPROXY a mirror that redirects takes what the sidecar hands on, and cannot answer it
      Given an Istio mesh with TPROXY interception
      And mirrord 3.250
      And a deadline of 1 s
      When an HTTP/1.1 call is made
      Then it is not mirrored because of call-not-delivered
      And the service mesh istio is detected
      And the rules of the mirror session took 1 connection from inside of the pod
