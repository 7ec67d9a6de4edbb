Feature: Ports that are mirrored, and where to

  A mirror session subscribes to ports of the workload; those that it does not subscribe to it leaves alone. What comes on a port goes to a
  port of the local process, which may be another one.

  Scenario Outline: with mesh <mesh> and mirrord <version>, one session mirrors several ports, and no others
    Given the mesh is <mesh>
    And mirrord <version>
    And the mirror subscribes to port 8080
    And the mirror subscribes to port 7000
    When an HTTP/1.1 call is made
    Then it is mirrored
    When a TCP call is made
    Then it is mirrored
    When a gRPC-over-HTTP/2 call is made
    Then it is not mirrored because of port-not-subscribed
    And the workload answers as usual
    And the workload sees the caller's connections

    Examples:
      | mesh  | version |
      | none  | 3.150   |
      | istio | 3.150   |
      | none  | 3.250   |
      | istio | 3.250   |

  Scenario Outline: with mirrord <version>, all ports are mirrored where none is said, each to a port of its own
    Given an Istio mesh
    And mirrord <version>
    And the mirror maps port 8080 to the local port 18080
    And the mirror maps port 9090 to the local port 8080
    And the mirror maps port 7000 to the local port 9090
    When an HTTP/2 call is made
    Then it is mirrored
    And the copy arrives at the local port 18080
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the copy arrives at the local port 8080
    When a TCP call is made
    Then it is mirrored
    And the copy arrives at the local port 9090

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  @limitation:L19
  Scenario Outline: with mesh <mesh> and an HTTP filter, raw TCP is mirrored
    Given the mesh is <mesh>
    And mirrord 3.250
    And the mirror takes only requests with the method "POST"
    When a TCP call is made
    Then it is mirrored

    Examples:
      | mesh  |
      | none  |
      | istio |

  Scenario: with an HTTP filter, raw TCP reaches the workload all the same, and HTTP is mirrored
    Given an Istio mesh
    And mirrord 3.250
    And the mirror takes only requests with the method "POST"
    When a TCP call is made
    Then it is not mirrored because of filter-excluded
    And the workload answers as usual
    When an HTTP/1.1 call is made
    Then it is mirrored

  Scenario: a version that does not know filters mirrors everything
    Given no mesh
    And mirrord 3.155
    And the mirror takes only requests with the method "DELETE"
    When a TCP call is made
    Then it is mirrored
