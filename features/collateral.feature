Feature: What the real caller and the workload notice of mirroring
  A mirror that captures packets leaves the real traffic alone. One that redirects connections stands in between: it breaks
  what is open when it starts, opens connections of its own, and writes into answers.

  Scenario Outline: packet capture leaves callers and workload alone (mesh <mesh>, <protocol>)
    Given the mesh is <mesh>
    And mirrord 3.150
    And a caller that is already connected over <protocol>
    When the mirror session is started
    And 5 <protocol> calls are made
    Then the caller notices nothing
    And the caller's connections stay open
    And the workload's connections stay open
    And the workload sees 1 connection

    Examples:
      | mesh  | protocol         |
      | istio | HTTP/1.1         |
      | istio | gRPC-over-HTTP/2 |
      | none  | HTTP/1.1         |

  Scenario: the flush of a redirecting mirror resets the caller's connections
    Given no mesh
    And mirrord 3.250
    And a caller that is already connected over HTTP/1.1
    When the mirror session is started
    Then the caller's connections are reset
    And the workload's connections are reset

  Scenario Outline: on a mesh the flush breaks the sidecar's connections to the workload, and callers that are idle keep theirs
    Given an Istio mesh
    And mirrord 3.250
    And a caller that is already connected over <protocol>
    When the mirror session is started
    Then the workload's connections are reset
    And the caller's connections stay open

    Examples:
      | protocol         |
      | HTTP/1.1         |
      | gRPC-over-HTTP/2 |

  @limitation:L10
  Scenario Outline: a stream that is open when the session starts goes on (mirrord <version>, mesh <mesh>)
    Given the mesh is <mesh>
    And mirrord <version>
    And the mirror session starts later
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "before" is sent
    Then the caller gets the answer "before" while the stream is open
    When the mirror session is started
    And the caller ends its side
    Then the caller notices nothing

    Examples:
      | mesh  | version |
      | none  | 3.150   |
      | istio | 3.150   |
      | none  | 3.240   |
      | istio | 3.240   |

  Scenario: on a mesh nobody tells the caller that the flush has broken its stream
    Given an Istio mesh
    And mirrord 3.250
    And the mirror session starts later
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "before" is sent
    Then the caller gets the answer "before" while the stream is open
    When the mirror session is started
    Then the workload's connections are reset
    When the stream is idle for 1 s
    Then the caller's connections stay open

  Scenario: without a flush a stream that is open goes on
    Given an Istio mesh
    And mirrord 3.240
    And the mirror flushes no connections
    And the mirror session starts later
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "before" is sent
    Then the caller gets the answer "before" while the stream is open
    When the mirror session is started
    And the caller ends its side
    Then the caller notices nothing
    And the workload's connections stay open

  Scenario Outline: with mirrord <version> and the mesh <mesh>, 5 <protocol> calls come over <connections> connection(s)
    Given the mesh is <mesh>
    And mirrord <version>
    When 5 <protocol> calls are made
    Then they are mirrored
    And the workload sees <connections> connections

    Examples: those of the caller, or of its sidecar
      | mesh  | version | protocol         | connections |
      | none  | 3.150   | HTTP/1.1         | 1           |
      | istio | 3.150   | gRPC-over-HTTP/2 | 1           |

    Examples: one for each request
      | mesh  | version | protocol         | connections |
      | none  | 3.250   | HTTP/1.1         | 5           |
      | istio | 3.250   | gRPC-over-HTTP/2 | 5           |

  Scenario Outline: with mirrord <version>, an answer with "Cache-Control: max-age=60" comes with "<cache-control>"
    Given an Istio mesh
    And mirrord <version>
    And the workload answers with the headers:
      | cache-control | max-age=60 |
    When an HTTP/1.1 call is made
    Then the caller gets the headers:
      | cache-control | <cache-control> |

    Examples: it is left alone
      | version | cache-control |
      | 3.150   | max-age=60    |
      | 3.240   | max-age=60    |

    Examples: from 3.248 on a redirecting mirror has its own
      | version | cache-control                       |
      | 3.250   | no-cache, no-store, must-revalidate |

  Scenario: until 3.248 a redirecting mirror changes nothing of the answers
    Given an Istio mesh
    And mirrord 3.240
    When an HTTP/1.1 call is made
    And a gRPC-over-HTTP/2 call is made
    Then the caller notices nothing

  Scenario: a redirecting mirror answers with 502 where the application is down
    Given no mesh
    And the workload runs "node features/programs/serves-once.mjs" on port 8080
    And mirrord 3.250
    And the request is GET "/"
    And a new connection for each call
    When an HTTP/1.1 call is made
    Then the caller gets status 200
    When an HTTP/1.1 call is made
    Then the caller gets status 502

  Scenario: without a mirror in between the connection is refused
    Given no mesh
    And the workload runs "node features/programs/serves-once.mjs" on port 8080
    And mirrord 3.150
    And the request is GET "/"
    And a new connection for each call
    When an HTTP/1.1 call is made
    Then the caller gets status 200
    When an HTTP/1.1 call is made
    Then the call is refused

  Scenario Outline: the caller's latency stays within bounds (mirrord <version>)
    Given an Istio mesh
    And mirrord <version>
    And the mirror session starts later
    When 20 HTTP/1.1 calls are made
    And the mirror session is started
    And 20 HTTP/1.1 calls are made
    Then they are mirrored
    And the caller's latency grows by at most 25 times

    Examples:
      | version |
      | 3.150   |
      | 3.250   |
