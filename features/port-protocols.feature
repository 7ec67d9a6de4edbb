Feature: How a Service declares a port decides what reaches the application, and the mirror

  A sidecar takes the protocol of a port from its name or its appProtocol. It speaks HTTP/1.1 to the application on a port that is
  declared as HTTP, also where the caller speaks HTTP/2, and HTTP/2 on one that is declared as HTTP/2 or gRPC. What is not declared is
  told from the first bytes, and kept.

  Scenario Outline: over a port named "<name>" a <protocol> call arrives as <arriving>
    Given an Istio mesh
    And port 8080 of the workload is named "<name>"
    And the payload "order 7: two espressi, one glass of water"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored request was sent over <arriving>
    And the mirrored payload is "order 7: two espressi, one glass of water"
    And the workload answers as usual

    Examples:
      | name      | protocol           | arriving           |
      | http      | HTTP/1.1           | HTTP/1.1           |
      | http-api  | HTTP/2             | HTTP/1.1           |
      | http-api  | gRPC-over-HTTP/1.1 | gRPC-over-HTTP/1.1 |
      | http2     | HTTP/1.1           | HTTP/2             |
      | http2-api | HTTP/2             | HTTP/2             |
      | grpc-api  | HTTP/1.1           | HTTP/2             |
      | web       | HTTP/1.1           | HTTP/1.1           |
      | web       | HTTP/2             | HTTP/2             |
      | tcp       | HTTP/1.1           | HTTP/1.1           |
      | tcp-web   | HTTP/2             | HTTP/2             |

  Scenario Outline: the agent of mirrord 3.250 mirrors what the application gets, too: <protocol> over a port named "<name>"
    Given an Istio mesh
    And mirrord 3.250
    And port 8080 of the workload is named "<name>"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored request was sent over <arriving>

    Examples:
      | name  | protocol | arriving |
      | http  | HTTP/2   | HTTP/1.1 |
      | http2 | HTTP/1.1 | HTTP/2   |

  Scenario Outline: the appProtocol <app-protocol> is stronger than the name "<name>"
    Given an Istio mesh
    And port 8080 of the workload is named "<name>"
    And port 8080 of the workload has the appProtocol "<app-protocol>"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored request was sent over <arriving>

    Examples:
      | name  | app-protocol       | protocol | arriving |
      | http  | kubernetes.io/h2c  | HTTP/1.1 | HTTP/2   |
      | http2 | kubernetes.io/ws   | HTTP/2   | HTTP/1.1 |
      | tcp   | http               | HTTP/2   | HTTP/1.1 |
      | http  | example.org/orders | HTTP/2   | HTTP/2   |

  Scenario Outline: a caller outside the mesh meets the same: <protocol> over a port named "<name>"
    Given an Istio mesh with PERMISSIVE mutual TLS
    And a caller outside the mesh
    And port 8080 of the workload is named "<name>"
    And the mirror listens on "lo"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored request was sent over <arriving>

    Examples:
      | name  | protocol | arriving |
      | http  | HTTP/2   | HTTP/1.1 |
      | http2 | HTTP/1.1 | HTTP/2   |

  Scenario Outline: large bodies are carried over, <protocol> over a port named "<name>"
    Given an Istio mesh
    And port 8080 of the workload is named "<name>"
    And a payload of 1 MiB
    When a <protocol> call is made
    Then it is mirrored
    And the workload answers as usual

    Examples:
      | name  | protocol |
      | http  | HTTP/2   |
      | http2 | HTTP/1.1 |

  Scenario Outline: gRPC-Web is turned into gRPC on a port named "grpc-web", with mirrord <mirrord>
    Given an Istio mesh
    And mirrord <mirrord>
    And port 9090 of the workload is named "grpc-web"
    And calls to port 9090
    And the payload "order 7"
    When a gRPC-over-HTTP/1.1 call is made
    Then it is mirrored
    And the mirrored request was sent over gRPC-over-HTTP/2
    And the mirrored payload is "order 7"
    And the mirrored headers contain:
      | content-type | application/grpc |
      | te           | trailers         |

    Examples:
      | mirrord |
      | 3.150   |
      | 3.250   |

  Scenario: gRPC-Web in its text form is turned into gRPC as well
    Given an Istio mesh
    And port 9090 of the workload is named "grpc-web"
    And calls to port 9090
    And gRPC-Web in its text form
    And the payload "base64 on the wire"
    When a gRPC-over-HTTP/1.1 call is made
    Then it is mirrored
    And the mirrored request was sent over gRPC-over-HTTP/2
    And the mirrored payload is "base64 on the wire"

  Scenario: the answers of a gRPC-Web call are turned back one by one
    Given an Istio mesh
    And port 9090 of the workload is named "grpc-web"
    And calls to port 9090
    And the workload answers with 5 messages
    When a server-streaming gRPC-over-HTTP/1.1 call is made
    Then it is mirrored
    And the caller gets 5 answers

  Scenario: gRPC stays gRPC on a port named "grpc-web"
    Given an Istio mesh
    And port 9090 of the workload is named "grpc-web"
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the mirrored request was sent over gRPC-over-HTTP/2
