Feature: Mirroring of calls over IPv6

  Where pods have addresses of IPv6 beside those of IPv4, callers may use either. A sniffer reads packets of IPv4 only. An agent that
  redirects connections takes both since 3.205, with rules in ip6tables.

  Scenario Outline: with mesh <mesh>, a <protocol> call over IPv6 is mirrored by redirection
    Given the mesh is <mesh>
    And mirrord 3.250
    And the caller calls over IPv6
    When a <protocol> call is made
    Then it is mirrored
    And the workload answers as usual

    Examples:
      | mesh  | protocol           |
      | none  | HTTP/1.1           |
      | none  | gRPC-over-HTTP/2   |
      | none  | TCP                |
      | istio | HTTP/2             |
      | istio | gRPC-over-HTTP/1.1 |
      | istio | TCP                |

  @limitation:L7
  Scenario Outline: with mesh <mesh>, a <protocol> call over IPv6 is mirrored by packet capture
    Given the mesh is <mesh>
    And mirrord 3.150
    And the caller calls over IPv6
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | mesh  | protocol         |
      | none  | HTTP/1.1         |
      | istio | gRPC-over-HTTP/2 |

  @limitation:L7b
  Scenario Outline: with mirrord <version> a call over IPv6 is mirrored by redirection, without being asked for
    Given no mesh
    And mirrord <version>
    And the caller calls over IPv6
    When an HTTP/1.1 call is made
    Then it is mirrored

    Examples:
      | version |
      | 3.204   |
      | 3.205   |

  Scenario: a session that captures packets sees the one call and not the other
    Given an Istio mesh
    And mirrord 3.150
    And the caller calls over IPv6
    When an HTTP/1.1 call is made
    Then it is not mirrored because of ipv6-not-captured
    And the workload answers as usual
    And "lo" carried plaintext
    And "eth0" carried TLS only
    Given the caller calls over IPv4
    When an HTTP/1.1 call is made
    Then it is mirrored

  Scenario: a caller in the pod of the workload calls [::1]
    Given an Istio mesh
    And mirrord 3.250
    And a caller in the pod of the workload
    And the caller calls over IPv6
    When an HTTP/1.1 call is made
    Then it is mirrored
