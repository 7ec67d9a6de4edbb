Feature: The mirrored copy is exact

  Background:
    Given an Istio mesh

  Scenario Outline: an empty payload over <protocol>
    Given the payload ""
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored payload is ""

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario Outline: text in UTF-8 over <protocol>
    Given the payload "Grüße, 世界 — 🪞"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored payload is "Grüße, 世界 — 🪞"

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario Outline: bytes that are no text over <protocol>
    Given the binary payload "00 ff 0d 0a 0d 0a 80 c3 28 1b 5b 00"
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored bytes are "00 ff 0d 0a 0d 0a 80 c3 28 1b 5b 00"

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario Outline: <size> over <protocol>
    Given a payload of <size>
    When a <protocol> call is made
    Then it is mirrored
    And the workload answers as usual

    Examples:
      | size   | protocol           |
      | 1 byte | HTTP/1.1           |
      | 64 KiB | gRPC-over-HTTP/2   |
      | 1 MiB  | HTTP/1.1           |
      | 1 MiB  | HTTP/2             |
      | 1 MiB  | gRPC-over-HTTP/1.1 |
      | 1 MiB  | gRPC-over-HTTP/2   |

  Scenario Outline: JSON over <protocol>
    Given the JSON payload:
      """json
      { "order": 7, "items": ["espresso", "water"], "note": null }
      """
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored JSON payload is:
      """json
      { "items": ["espresso", "water"], "note": null, "order": 7 }
      """

    Examples:
      | protocol |
      | HTTP/1.1 |
      | HTTP/2   |

  Scenario Outline: a gRPC message written as JSON, over <protocol>
    Given the JSON payload:
      """json
      { "text": "order 7" }
      """
    When a <protocol> call is made
    Then it is mirrored
    And the mirrored payload is "order 7"

    Examples:
      | protocol           |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario: method, path and query
    Given the request is PUT "/orders/7?dry-run=1&name=%C3%A4"
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the mirrored request is PUT "/orders/7?dry-run=1&name=%C3%A4"

  Scenario: a request without a body
    Given the request is GET "/orders"
    When an HTTP/2 call is made
    Then it is mirrored
    And the mirrored request has 0 messages

  Scenario Outline: many calls over one connection, <protocol>
    When 100 <protocol> calls are made
    Then all of them are mirrored
    And the workload answers as usual

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario Outline: concurrent calls, <protocol>
    When 200 <protocol> calls are made, 20 at a time
    Then all of them are mirrored
    And the workload answers as usual

    Examples:
      | protocol           |
      | HTTP/1.1           |
      | HTTP/2             |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario: a connection for each call
    Given a new connection for each call
    When 20 gRPC-over-HTTP/2 calls are made
    Then all of them are mirrored

  Scenario: headers, several values of one name, and values that must not be touched
    Given the headers:
      | x-tenant  | blue            |
      | x-tenant  | red             |
      | x-quoted  | "a, b"; c=d     |
      | x-empty   |                 |
    When an HTTP/2 call is made
    Then it is mirrored
    And the mirrored headers contain:
      | x-tenant | blue        |
      | x-tenant | red         |
      | x-quoted | "a, b"; c=d |

  Scenario: gRPC metadata, text and binary
    Given the metadata:
      | x-tenant    | blue     |
      | x-trace-bin | AAECAwT/ |
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the mirrored metadata contains:
      | x-tenant    | blue     |
      | x-trace-bin | AAECAwT/ |

  Scenario Outline: a gRPC error status reaches the caller, and the call is mirrored, over <protocol>
    Given the workload answers with gRPC status 5 and the message "no such order"
    And the workload answers with the trailers:
      | x-retry-after | never |
    When a <protocol> call is made
    Then it is mirrored
    And the caller gets gRPC status 5 and the message "no such order"
    And the caller gets the trailers:
      | x-retry-after | never |

    Examples:
      | protocol           |
      | gRPC-over-HTTP/1.1 |
      | gRPC-over-HTTP/2   |

  Scenario: an HTTP error status reaches the caller, and the call is mirrored
    Given the workload answers with status 503
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the caller gets status 503
