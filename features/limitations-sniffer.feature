Feature: What packet capture does not mirror
  Up to mirrord 3.180 an agent captured packets on an interface of the workload's pod. Each scenario says what should hold.
  Where a known limitation applies it does not, and exactly the declared verdict is expected; where none applies it holds.

  @limitation:L1
  Scenario Outline: a <protocol> call on a mesh is mirrored from "<interface>"
    Given an Istio mesh
    And mirrord 3.150
    And the mirror listens on "<interface>"
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | interface | protocol         |
      | eth0      | HTTP/1.1         |
      | eth0      | gRPC-over-HTTP/2 |
      | lo        | HTTP/1.1         |

  @limitation:L4
  Scenario Outline: with mirrord <version> and the mesh <mesh>, a request is mirrored whose packets are lost <where>
    Given the mesh is <mesh>
    And mirrord <version>
    And a payload of 256 KiB
    And one in 3 full packets is lost <where>
    When an HTTP/1.1 call is made
    Then it is mirrored

    Examples:
      | mesh  | version | where      |
      | none  | 3.150   | on the way |
      | none  | 3.150   | in the pod |
      | istio | 3.150   | in the pod |
      | none  | 3.250   | on the way |

  Scenario: behind a sidecar, packets that are lost on the way do no harm
    Given an Istio mesh
    And mirrord 3.150
    And a payload of 256 KiB
    And one in 3 full packets is lost on the way
    When an HTTP/1.1 call is made
    Then it is mirrored

  @limitation:L5
  Scenario: a large request is mirrored to a local process that reads nothing
    Given an Istio mesh
    And mirrord 3.150
    And the local process runs "node features/programs/reads-nothing.mjs"
    And a payload of 64 MiB
    When an HTTP/2 call is made
    Then it is mirrored

  @limitation:L8
  Scenario Outline: with mirrord <version>, a caller in the workload's pod is mirrored
    Given no mesh
    And mirrord <version>
    And a caller in the pod of the workload
    When an HTTP/1.1 call is made
    Then it is mirrored

    Examples:
      | version |
      | 3.150   |
      | 3.250   |
