Feature: The mTLS policy decides what an interface carries

  Scenario: STRICT refuses a caller outside the mesh
    Given an Istio mesh with STRICT mutual TLS
    And a caller outside the mesh
    And the mirror listens on "lo"
    When an HTTP/1.1 call is made
    Then the call is refused
    And it is not mirrored because of call-not-delivered

  Scenario Outline: PERMISSIVE admits a caller outside the mesh, and "<interface>" mirrors it
    Given an Istio mesh with PERMISSIVE mutual TLS
    And a caller outside the mesh
    And the mirror listens on "<interface>"
    When a <protocol> call is made
    Then it is mirrored
    And "eth0" carried plaintext

    Examples:
      | interface | protocol           |
      | lo        | HTTP/1.1           |
      | lo        | gRPC-over-HTTP/2   |
      | eth0      | HTTP/1.1           |
      | eth0      | HTTP/2             |
      | eth0      | gRPC-over-HTTP/1.1 |
      | eth0      | gRPC-over-HTTP/2   |

  Scenario: PERMISSIVE still encrypts between sidecars, so that "eth0" does not mirror a caller inside the mesh
    Given an Istio mesh with PERMISSIVE mutual TLS
    And a caller inside the mesh
    And the mirror listens on "eth0"
    When a gRPC-over-HTTP/2 call is made
    Then it is not mirrored because of encrypted-interface
    And "eth0" carried TLS only

  Scenario: PERMISSIVE still encrypts between sidecars, and "lo" mirrors a caller inside the mesh
    Given an Istio mesh with PERMISSIVE mutual TLS
    And a caller inside the mesh
    And the mirror listens on "lo"
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And "eth0" carried TLS only

  Scenario Outline: DISABLE leaves plaintext on every interface
    Given an Istio mesh with DISABLE mutual TLS
    And the mirror listens on "<interface>"
    When a <protocol> call is made
    Then it is mirrored
    And "eth0" carried plaintext

    Examples:
      | interface | protocol         |
      | lo        | HTTP/1.1         |
      | eth0      | HTTP/1.1         |
      | eth0      | gRPC-over-HTTP/2 |
