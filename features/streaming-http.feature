Feature: Streaming over plain HTTP

  A stream of messages over HTTP/1.1 is a body of which nobody knows the length: it travels in chunks. Chunks are no messages, for every
  proxy may cut them anew; what delimits the messages is the content type. Mirrored are the requests: their messages one by one as the
  caller sends them, their trailers, their end. Answers are the caller's alone.

  mirrord 3.152 captures packets and copies the connection. mirrord 3.250 redirects connections: it copies request by request, and the bodies
  piece by piece.

  Rule: messages are mirrored one by one, in order, while the request lasts

    Scenario Outline: a <interaction> <protocol> call, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the payload "two espressi"
      And the payload "one glass of water"
      And the payload "the bill"
      And 400 ms between messages
      When a <interaction> <protocol> call is made
      Then it is mirrored
      And the mirrored request has 3 messages
      And its messages are mirrored while the call lasts
      And the workload answers as usual

      Examples:
        | mesh  | version | protocol | interaction      |
        | none  | 3.152   | HTTP/1.1 | client-streaming |
        | none  | 3.250   | HTTP/1.1 | bidi-streaming   |
        | istio | 3.152   | HTTP/1.1 | bidi-streaming   |
        | istio | 3.250   | HTTP/1.1 | client-streaming |
        | istio | 3.152   | HTTP/2   | client-streaming |
        | istio | 3.250   | HTTP/2   | bidi-streaming   |

    Scenario Outline: the answers of a server-streaming call reach the caller one by one, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the workload answers with 3 messages, 400 ms apart
      When a server-streaming HTTP/1.1 call is made
      Then it is mirrored
      And the mirrored request has 1 message
      And the caller gets 3 answers
      And the caller gets its answers while the call lasts

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

  Rule: server-sent events

    Payloads are the events here. What is mirrored is the question, a GET without a body; events are the caller's alone.

    Scenario Outline: events reach the caller one by one, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the payload "order 7 is ready"
      And the payload "order 8 is ready"
      And the workload answers with 4 messages, 300 ms apart
      When an SSE call is made
      Then it is mirrored
      And the mirrored request has 0 messages
      And the mirrored request was sent over SSE
      And the mirrored headers contain:
        | accept | text/event-stream |
      And the caller gets 4 answers
      And the caller gets its answers while the call lasts

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

    Scenario Outline: an event of two lines, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And the payload:
        """
        order 7
        is ready
        """
      When an SSE call is made
      Then it is mirrored
      And the caller gets 1 answer
      And the caller gets the answer:
        """
        order 7
        is ready
        """

      Examples:
        | version |
        | 3.152   |
        | 3.250   |

  Rule: trailers and their framing

    Scenario Outline: a stream with trailers, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the request ends with the trailers:
        | x-checksum | 42 |
      And the workload answers with the trailers:
        | x-served | all |
      When a bidi-streaming HTTP/1.1 call is made
      Then it is mirrored
      And the mirrored trailers are:
        | x-checksum | 42 |
      And the caller gets the trailers:
        | x-served | all |

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

    Scenario Outline: JSON on lines, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And the JSON payload:
        """json
        { "order": 7 }
        """
      And the JSON payload:
        """json
        { "order": 8 }
        """
      When a client-streaming HTTP/1.1 call is made
      Then it is mirrored
      And the mirrored request has 2 messages
      And the mirrored headers contain:
        | content-type | application/x-ndjson |

      Examples:
        | version |
        | 3.152   |
        | 3.250   |

  Rule: messages of any size

    Scenario Outline: messages larger than any window, over <protocol>, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And a payload of 1 byte
      And a payload of 300 KiB
      And a payload of 100 KiB
      When a client-streaming <protocol> call is made
      Then it is mirrored
      And the mirrored request has 3 messages
      And the workload answers as usual

      Examples:
        | version | protocol |
        | 3.152   | HTTP/1.1 |
        | 3.250   | HTTP/1.1 |
        | 3.152   | HTTP/2   |
        | 3.250   | HTTP/2   |

  Rule: many streams

    Scenario Outline: streams side by side, over <protocol>, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And 20 ms between messages
      When 30 bidi-streaming <protocol> calls are made, 10 at a time
      Then all of them are mirrored
      And the workload answers as usual

      Examples:
        | version | protocol |
        | 3.152   | HTTP/1.1 |
        | 3.250   | HTTP/1.1 |
        | 3.152   | HTTP/2   |
        | 3.250   | HTTP/2   |

  Rule: a stream that stays open

    Scenario Outline: message by message, idle, and ended by the caller, over <protocol>, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      When a bidi-streaming <protocol> stream is opened
      And the message "two espressi" is sent
      Then the message "two espressi" is mirrored while the stream is open
      And the caller gets the answer "two espressi" while the stream is open
      When the stream is idle for 2 s
      And the message "the bill" is sent
      Then the message "the bill" is mirrored while the stream is open
      When the caller ends its side
      Then it is mirrored
      And the workload answers as usual

      Examples:
        | mesh  | version | protocol |
        | none  | 3.152   | HTTP/1.1 |
        | none  | 3.250   | HTTP/1.1 |
        | istio | 3.152   | HTTP/1.1 |
        | istio | 3.250   | HTTP/1.1 |
        | istio | 3.250   | HTTP/2   |

    Scenario Outline: who has ended its side still gets its answer, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      When a client-streaming HTTP/1.1 stream is opened
      And the message "two espressi" is sent
      And the message ", the bill" is sent
      Then all messages are mirrored while the stream is open
      When the caller ends its side
      Then it is mirrored
      And the caller gets the answer "two espressi, the bill"

      Examples:
        | version |
        | 3.152   |
        | 3.250   |

  Rule: a stream that is broken off

    HTTP/1.1 can say it only by closing the connection. A captured connection closes with the original. A replayed request has no original to
    follow: its body ends cleanly, and the local process takes the request for complete.

    Scenario Outline: the caller cancels, and captured packets tell it to the local process, mesh <mesh>
      Given the mesh is <mesh>
      And mirrord 3.152
      When a bidi-streaming HTTP/1.1 stream is opened
      And the message "two espressi" is sent
      Then the message "two espressi" is mirrored while the stream is open
      When the caller cancels
      Then it is mirrored
      And the cancellation reaches the local process

      Examples:
        | mesh  |
        | none  |
        | istio |

    Scenario Outline: the caller cancels, and the replayed request looks complete, mesh <mesh>
      Given the mesh is <mesh>
      And mirrord 3.250
      When a bidi-streaming HTTP/1.1 stream is opened
      And the message "two espressi" is sent
      Then the message "two espressi" is mirrored while the stream is open
      When the caller cancels
      Then to the local process the cancelled request looks complete

      Examples:
        | mesh  |
        | none  |
        | istio |

    @limitation:L36
    Scenario Outline: a stream that the <party> breaks off is mirrored as far as it went, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      When a bidi-streaming HTTP/1.1 stream is opened
      And the message "two espressi" is sent
      Then the message "two espressi" is mirrored while the stream is open
      When the <party> <breaks off>
      Then it is mirrored

      Examples:
        | version | party    | breaks off            |
        | 3.152   | caller   | cancels               |
        | 3.250   | caller   | cancels               |
        | 3.152   | workload | breaks off the stream |
        | 3.250   | workload | breaks off the stream |

  Rule: the local process has no say

    @limitation:L38
    Scenario Outline: a local process that refuses everything, over <protocol>, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the local process runs "node features/programs/refuses-everything.mjs"
      And 300 ms between messages
      When a bidi-streaming <protocol> call is made
      Then the caller gets status 200
      And the workload answers as usual
      And it is mirrored

      Examples:
        | mesh  | version | protocol |
        | none  | 3.152   | HTTP/1.1 |
        | istio | 3.152   | HTTP/2   |
        | none  | 3.250   | HTTP/1.1 |
        | istio | 3.250   | HTTP/2   |
