Feature: Mirroring on an Istio mesh, protocol by protocol

  On an Istio mesh the sidecars encrypt what travels between pods. Inside the workload's pod, on its loopback interface, the
  sidecar hands each request to the application in plaintext. A mirror that listens there sees every protocol.

  Background:
    Given an Istio mesh
    And the mirror listens on "lo"

  Scenario Outline: a <protocol> call is mirrored
    Given the payload "order 7: two espressi, one glass of water"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored payload is "order 7: two espressi, one glass of water"
    And the mirrored request was sent over <protocol>
    And the workload answers as usual

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario Outline: a <interaction> gRPC call is mirrored message by message
    Given the payload "one"
    And the payload "two"
    And the payload "three"
    When a <interaction> gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the mirrored request has 3 messages
    And the mirrored payload is "onetwothree"
    And the workload answers as usual

    Examples:
      | interaction      |
      | client-streaming |
      | bidi-streaming   |

  Scenario Outline: a server-streaming <protocol> call is mirrored
    Given the workload answers with 5 messages
    When a server-streaming <protocol> call is made
    Then it is mirrored
    And the mirrored request has 1 message
    And the caller gets 5 answers

    Examples:
      | protocol           |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario: gRPC-Web in its text form is mirrored
    Given gRPC-Web in its text form
    And the payload "base64 on the wire"
    When a gRPC-over-HTTP/1.1 call is made
    Then it is mirrored
    And the mirrored payload is "base64 on the wire"
    And the mirrored headers contain:
      | content-type | application/grpc-web-text+proto |

  Scenario: the mirrored copy is what the sidecar hands to the application
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the mirrored headers contain:
      | x-request-id            |      |
      | x-forwarded-proto       | http |
      | x-forwarded-client-cert |      |
    And "eth0" carried TLS only
    And "lo" carried plaintext
