Feature: Mirroring of workloads that end TLS themselves

  Where the application speaks TLS with its callers, TLS is all that comes into its pod, also behind a sidecar. A mirror has no keys: what it
  mirrors is TLS, which a local process can read only if it has the application's certificate. (mirrord's operator can be given keys; that is
  not reproduced here.)

  @limitation:L18
  Scenario Outline: with mesh <mesh> and mirrord <version>, <protocol> in TLS is mirrored
    Given the mesh is <mesh>
    And mirrord <version>
    And the workload ends TLS itself
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | mesh  | version | protocol           |
      | none  | 3.150   | HTTP/1.1           |
      | istio | 3.150   | HTTP/2             |
      | none  | 3.250   | HTTP/2             |
      | istio | 3.250   | gRPC-over-HTTP/1.1 |

  Scenario Outline: with mirrord <version>, the local process gets TLS
    Given an Istio mesh
    And mirrord <version>
    And the workload ends TLS itself
    When an HTTP/1.1 call is made
    Then it is not mirrored because of encrypted-application
    And the workload answers as usual
    And "lo" carried TLS only

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario: on eth0 of a mesh it is the mesh's own TLS that is seen
    Given an Istio mesh
    And the mirror listens on "eth0"
    And the workload ends TLS itself
    When an HTTP/1.1 call is made
    Then it is not mirrored because of encrypted-interface

  Scenario: requests within TLS match no filter
    Given an Istio mesh
    And mirrord 3.250
    And the workload ends TLS itself
    And the mirror takes only requests with the method "POST"
    When an HTTP/1.1 call is made
    Then it is not mirrored because of filter-excluded
    And the workload answers as usual

  Scenario: a sidecar that demands mutual TLS refuses TLS from outside the mesh, be it the application's own
    Given an Istio mesh
    And a caller outside the mesh
    And the workload ends TLS itself
    When an HTTP/1.1 call is made
    Then the call is refused
    And it is not mirrored because of call-not-delivered

  Scenario: a permissive one lets it through to the application
    Given an Istio mesh with PERMISSIVE mutual TLS
    And a caller outside the mesh
    And the workload ends TLS itself
    When an HTTP/1.1 call is made
    Then it is not mirrored because of encrypted-application
    And the workload answers as usual
