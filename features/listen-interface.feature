Feature: What a mirror sees depends on the interface it listens on

  Scenario Outline: on an Istio mesh, "<interface>" mirrors a <protocol> call
    Given an Istio mesh
    And the mirror listens on "<interface>"
    When a <protocol> call is made
    Then it is mirrored
    And the mirror session listens on "lo"

    Examples:
      | interface | protocol         |
      | lo        | HTTP/1.1         |
      | auto      | HTTP/1.1         |
      | auto      | gRPC-over-HTTP/2 |

  Scenario Outline: on an Istio mesh, eth0 carries <protocol> calls inside mutual TLS
    Given an Istio mesh
    And the mirror listens on "eth0"
    When a <protocol> call is made
    Then it is not mirrored because of encrypted-interface
    And the workload answers as usual
    And "eth0" carried TLS only

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario Outline: without a mesh, "<interface>" mirrors a <protocol> call
    Given no mesh
    And the mirror listens on "<interface>"
    When a <protocol> call is made
    Then it is mirrored
    And the mirror session listens on "eth0"

    Examples:
      | interface | protocol           |
      | eth0      | HTTP/1.1           |
      | auto      | HTTP/1.1           |
      | auto      | HTTP/2             |
      | auto      | gRPC-over-HTTP/1.1 |
      | auto      | gRPC-over-HTTP/2   |

  Scenario: without a mesh, calls do not pass lo
    Given no mesh
    And the mirror listens on "lo"
    When an HTTP/1.1 call is made
    Then it is not mirrored because of no-traffic-on-interface
    And "lo" carried nothing
    And "eth0" carried plaintext

  Scenario: an interface that does not exist is refused
    Given an Istio mesh
    And the mirror listens on "mesh7"
    When the mirror session is started
    Then it cannot start because "mesh7"

  Scenario: a port that is not subscribed is not mirrored
    Given an Istio mesh
    And the mirror listens on "lo"
    And the mirror subscribes to port 9090
    When an HTTP/1.1 call is made
    Then it is not mirrored because of port-not-subscribed
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
