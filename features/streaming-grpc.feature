Feature: Streams of gRPC, message by message

  A gRPC stream may be open for hours. So each message is looked at while the stream is open: it has to be at the local process
  before the next one is sent. mirrord 3.150 captures packets, mirrord 3.250 redirects connections.

  Scenario Outline: with mirrord <version> and the mesh <mesh>, messages in both directions are mirrored one by one
    Given the mesh is <mesh>
    And mirrord <version>
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the message "one" is mirrored while the stream is open
    And the caller gets the answer "one" while the stream is open
    When the message "two" is sent
    Then the message "two" is mirrored while the stream is open
    And the caller gets the answer "two" while the stream is open
    When the caller ends its side
    Then it is mirrored
    And the mirrored request has 2 messages
    And the workload answers as usual

    Examples:
      | mesh  | version |
      | none  | 3.150   |
      | none  | 3.250   |
      | istio | 3.150   |
      | istio | 3.250   |

  Scenario Outline: with mirrord <version>, the messages of a client-streaming call are mirrored before there is any answer
    Given an Istio mesh
    And mirrord <version>
    When a client-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    And the message "two" is sent
    And the message "three" is sent
    Then all messages are mirrored while the stream is open
    When the caller ends its side
    Then it is mirrored
    And the caller gets the answer "onetwothree"

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, a <protocol> caller that has ended its side still gets its answers
    Given an Istio mesh
    And mirrord <version>
    And the workload answers with 3 messages, 600 ms apart
    When a server-streaming <protocol> stream is opened
    And the message "the menu, please" is sent
    And the caller ends its side
    Then the message "the menu, please" is mirrored while the stream is open
    And the caller gets the answer "the menu, please" while the stream is open
    And it is mirrored
    And the caller gets 3 answers

    Examples:
      | version | protocol           |
      | 3.150   | gRPC-over-HTTP/2   |
      | 3.150   | gRPC-over-HTTP/1.1 |
      | 3.250   | gRPC-over-HTTP/2   |
      | 3.250   | gRPC-over-HTTP/1.1 |

  Scenario Outline: a caller with the mesh <mesh> cancels a <interaction> <protocol> stream, and captured packets tell it to the local process
    Given the mesh is <mesh>
    And mirrord 3.150
    And the workload answers with 100 messages, 100 ms apart
    When a <interaction> <protocol> stream is opened
    And the message "one" is sent
    Then the message "one" is mirrored while the stream is open
    When the caller cancels
    Then it is mirrored
    And the cancellation reaches the local process

    Examples:
      | mesh  | interaction      | protocol           |
      | none  | bidi-streaming   | gRPC-over-HTTP/2   |
      | istio | bidi-streaming   | gRPC-over-HTTP/2   |
      | istio | client-streaming | gRPC-over-HTTP/2   |
      | istio | server-streaming | gRPC-over-HTTP/1.1 |

  Scenario Outline: the replay of a <interaction> <protocol> request is not cancelled with its original; to the local process it looks complete
    Given an Istio mesh
    And mirrord 3.250
    When a <interaction> <protocol> stream is opened
    And the message "one" is sent
    Then the message "one" is mirrored while the stream is open
    When the caller cancels
    Then to the local process the cancelled request looks complete

    Examples:
      | interaction      | protocol           |
      | bidi-streaming   | gRPC-over-HTTP/2   |
      | server-streaming | gRPC-over-HTTP/1.1 |

  @limitation:L36
  Scenario: a cancelled stream is mirrored as it was
    Given an Istio mesh
    And mirrord 3.250
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the message "one" is mirrored while the stream is open
    When the caller cancels
    Then it is mirrored

  @limitation:L36
  Scenario Outline: with mirrord <version>, a stream that the workload breaks off is mirrored as far as it went
    Given an Istio mesh
    And mirrord <version>
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the caller gets the answer "one" while the stream is open
    When the workload breaks off the stream
    Then it is mirrored
    And the mirrored request has 1 message

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  @limitation:L36
  Scenario Outline: with mirrord <version>, a stream that its deadline ends is mirrored as far as it went
    Given an Istio mesh
    And mirrord <version>
    And a deadline of 1 s
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    And the deadline passes
    Then it is mirrored
    And the caller gets gRPC status 4

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, a deadline ends the answers of a <protocol> call, whose request is mirrored
    Given an Istio mesh
    And mirrord <version>
    And a deadline of 1 s
    And the workload answers with 100 messages, 300 ms apart
    When a server-streaming <protocol> stream is opened
    And the message "the menu, please" is sent
    And the caller ends its side
    And the deadline passes
    Then it is mirrored
    And the caller gets gRPC status 4

    Examples:
      | version | protocol           |
      | 3.150   | gRPC-over-HTTP/2   |
      | 3.150   | gRPC-over-HTTP/1.1 |
      | 3.250   | gRPC-over-HTTP/2   |
      | 3.250   | gRPC-over-HTTP/1.1 |

  Scenario Outline: with mirrord <version>, an answer of nothing but a status reaches the caller of a <interaction> call
    Given an Istio mesh
    And mirrord <version>
    And the workload refuses at once with gRPC status 7 and the message "not yours"
    And the payload "order 7"
    When a <interaction> gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the mirrored payload is "order 7"
    And the caller gets gRPC status 7 and the message "not yours"

    Examples:
      | version | interaction    |
      | 3.150   | unary          |
      | 3.150   | bidi-streaming |
      | 3.250   | unary          |
      | 3.250   | bidi-streaming |

  Scenario Outline: with mirrord <version>, compressed messages are mirrored as they are
    Given an Istio mesh
    And mirrord <version>
    And gRPC messages compressed with gzip
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "espresso espresso espresso espresso" is sent
    And a message of 256 KiB is sent
    Then all messages are mirrored while the stream is open
    When the caller ends its side
    Then it is mirrored
    And the mirrored metadata contains:
      | grpc-encoding | gzip |
    And the workload answers as usual

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, a message of <size> is mirrored while the stream is open, whatever the flow-control windows are
    Under mirrord 3.250 a larger one would be a race with the local process: 4 MiB may be on their way to it, and 32 pieces wait (L12).

    Given an Istio mesh
    And mirrord <version>
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And a message of <size> is sent
    Then all messages are mirrored while the stream is open
    When the caller ends its side
    Then it is mirrored
    And the workload answers as usual

    Examples:
      | version | size   |
      | 3.150   | 64 KiB |
      | 3.150   | 1 MiB  |
      | 3.250   | 64 KiB |
      | 3.250   | 4 MiB  |

  Scenario Outline: with mirrord <version>, many small messages are mirrored in order
    Given an Istio mesh
    And mirrord <version>
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And 300 messages of 100 bytes are sent
    Then all messages are mirrored while the stream is open
    When the caller ends its side
    Then it is mirrored

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, a stream that was idle goes on
    Given an Istio mesh
    And mirrord <version>
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "before" is sent
    Then the message "before" is mirrored while the stream is open
    When the stream is idle for 4 s
    And the message "after" is sent
    Then the message "after" is mirrored while the stream is open
    And the caller gets the answer "after" while the stream is open
    When the caller ends its side
    Then it is mirrored

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, 50 streams on one connection of the caller are mirrored side by side
    Given an Istio mesh
    And mirrord <version>
    When 50 bidi-streaming gRPC-over-HTTP/2 streams are opened
    And the message "one" is sent
    Then all messages are mirrored while the streams are open
    When the message "two" is sent
    Then all messages are mirrored while the streams are open
    When the caller ends its side
    Then all of them are mirrored
    And the workload answers as usual

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, a slow local process slows nobody down, and gets everything in the end
    Given an Istio mesh
    And mirrord <version>
    And the local process reads 512 KiB per second
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And a message of 512 KiB is sent
    And the message "the last one" is sent
    Then the caller gets the answer "the last one" while the stream is open
    When the caller ends its side
    Then it is mirrored
    And the workload answers as usual

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  @limitation:L5 @limitation:L12
  Scenario Outline: with mirrord <version>, a local process that reads nothing gets the whole stream
    Given an Istio mesh
    And mirrord <version>
    And packets of at most 1500 bytes
    And the local process runs "node features/programs/reads-nothing.mjs"
    When a client-streaming gRPC-over-HTTP/2 stream is opened
    And 40 messages of 1 MiB are sent
    And the caller ends its side
    Then it is mirrored

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario Outline: with mirrord <version>, the caller gets the answers of the workload, and never those of a local process that refuses everything
    Given an Istio mesh
    And mirrord <version>
    And the local process runs "node features/programs/refuses-everything.mjs"
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the message "one" is mirrored while the stream is open
    And the caller gets the answer "one" while the stream is open
    When the message "two" is sent
    Then the message "two" is mirrored while the stream is open
    And the caller gets the answer "two" while the stream is open
    When the caller ends its side
    Then it is mirrored
    And the workload answers as usual
    And the caller gets gRPC status 0

    Examples:
      | version |
      | 3.150   |

  @limitation:L38
  Scenario: with mirrord 3.250, a local process that refuses everything gets the stream nevertheless
    Given an Istio mesh
    And mirrord 3.250
    And the local process runs "node features/programs/refuses-everything.mjs"
    And 300 ms between messages
    When a bidi-streaming gRPC-over-HTTP/2 call is made
    Then the workload answers as usual
    And the caller gets gRPC status 0
    And it is mirrored

  Scenario Outline: with mirrord <version>, a local process that dies is no loss to the caller
    Given an Istio mesh
    And mirrord <version>
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the message "one" is mirrored while the stream is open
    When the local process dies
    And the message "two" is sent
    Then the caller gets the answer "two" while the stream is open
    When the caller ends its side
    Then only a part of it is mirrored because of local-process-down
    And the workload answers as usual

    Examples:
      | version |
      | 3.150   |
      | 3.250   |

  Scenario: a local process that hangs up gets no more of a captured stream, and the caller all of its answers
    Given an Istio mesh
    And mirrord 3.150
    And the local process runs "node features/programs/hangs-up.mjs"
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the caller gets the answer "one" while the stream is open
    When the stream is idle for 500 ms
    And the message "two" is sent
    And the caller ends its side
    Then only a part of it is mirrored because of local-process-hung-up
    And the workload answers as usual

  @limitation:L37
  Scenario: a local process that hangs up gets a redirected request once
    Given an Istio mesh
    And mirrord 3.250
    And the local process runs "node features/programs/hangs-up.mjs"
    When a bidi-streaming gRPC-over-HTTP/2 stream is opened
    And the message "one" is sent
    Then the caller gets the answer "one" while the stream is open
    When the caller ends its side
    Then it is mirrored
