Feature: WebSocket

  A WebSocket begins as an HTTP/1.1 request that offers to change the protocol. Once the workload has agreed (101), both sides send messages
  in frames. The caller's frames are mirrored; the local process unmasks them into messages. What the workload says is the caller's alone.

  mirrord 3.152 captures packets: what comes behind the request are bytes of the connection like any others. mirrord 3.250 redirects
  connections and replays the request; the local process has to agree for itself before it can be given frames.

  Rule: messages are mirrored in their form and in order, and so is the close

    A pause behind the handshake gives the local process the time to agree. The last rule says what happens without it.

    Scenario Outline: text and binary messages, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the payload "two espressi"
      And the binary payload "00 ff 81 00"
      And the payload "the bill"
      And the caller closes with code 4001 and the reason "we go"
      And 400 ms between messages
      When a bidi-streaming WebSocket call is made
      Then it is mirrored
      And the mirrored request was sent over WebSocket
      And the mirrored request has 3 messages
      And its messages are mirrored while the call lasts
      And the mirrored trailers are:
        | close-code   | 4001  |
        | close-reason | we go |
      And the caller gets status 101
      And the caller gets 3 answers

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

    Scenario Outline: a message in three fragments is one message, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And the payload "two espressi, "
      And the payload "one glass of water, "
      And the payload "the bill"
      And 300 ms between messages
      When a WebSocket call is made
      Then it is mirrored
      And the mirrored request has 1 message
      And the mirrored payload is "two espressi, one glass of water, the bill"
      And the workload answers as usual

      Examples:
        | version |
        | 3.152   |
        | 3.250   |

    Scenario Outline: pings are answered by the workload, and are no messages to the mirror, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the caller pings every 100 ms
      And 400 ms between messages
      When a bidi-streaming WebSocket call is made
      Then it is mirrored
      And the mirrored request has 3 messages
      And the workload answers as usual

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | istio | 3.250   |

    Scenario Outline: one message that is answered with several, and a workload that closes, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the workload answers with 3 messages, 300 ms apart
      And 300 ms between messages
      When a server-streaming WebSocket call is made
      Then it is mirrored
      And the mirrored request has 1 message
      And the mirrored trailers are:
        | close-code | 1000 |
      And the caller gets 3 answers
      And the caller gets its answers while the call lasts

      Examples:
        | mesh  | version |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

    Scenario Outline: a message of 1 MiB, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And a payload of 1 MiB
      And 300 ms between messages
      When a WebSocket call is made
      Then it is mirrored
      And the workload answers as usual

      Examples:
        | version |
        | 3.152   |
        | 3.250   |

  Rule: a WebSocket that stays open

    Scenario Outline: message by message, idle, and a close of the caller, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      When a bidi-streaming WebSocket stream is opened
      And the stream is idle for 500 ms
      And the message "two espressi" is sent
      Then the message "two espressi" is mirrored while the stream is open
      And the caller gets the answer "two espressi" while the stream is open
      When the stream is idle for 1 s
      And the message "the bill" is sent
      Then the message "the bill" is mirrored while the stream is open
      When the caller ends its side
      Then it is mirrored

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

    Scenario Outline: the <party> breaks it off, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      When a bidi-streaming WebSocket stream is opened
      And the stream is idle for 500 ms
      And the message "two espressi" is sent
      Then the message "two espressi" is mirrored while the stream is open
      When the <party> <breaks off>
      Then the <break> reaches the local process

      Examples:
        | mesh  | version | party    | breaks off            | break        |
        | none  | 3.152   | caller   | cancels               | cancellation |
        | none  | 3.250   | caller   | cancels               | cancellation |
        | istio | 3.152   | caller   | cancels               | cancellation |
        | istio | 3.250   | caller   | cancels               | cancellation |
        | istio | 3.152   | workload | breaks off the stream | break        |
        | istio | 3.250   | workload | breaks off the stream | break        |

    Scenario Outline: the workload closes, mirrord <version>
      Given an Istio mesh
      And mirrord <version>
      And the payload "two espressi"
      And the payload "the bill"
      And 300 ms between messages
      And the workload closes with code 4900 after 2 messages
      When a bidi-streaming WebSocket call is made
      Then it is mirrored
      And the mirrored trailers are:
        | close-code | 4900 |
      And the caller gets the trailers:
        | close-code | 4900 |

      Examples:
        | version |
        | 3.152   |
        | 3.250   |

  Rule: a WebSocket that is older than the session is not mirrored

    Nothing in its frames says to a capture what they are. A mirror that redirects connections sees new ones only; with its flush it breaks the
    others.

    Scenario Outline: it goes on unseen, mesh <mesh>, mirrord 3.152
      Given the mesh is <mesh>
      And mirrord 3.152
      And the mirror session starts later
      When a bidi-streaming WebSocket stream is opened
      And the message "before" is sent
      Then the caller gets the answer "before" while the stream is open
      When the mirror session is started
      And the message "after" is sent
      Then the caller gets the answer "after" while the stream is open
      When the caller ends its side
      Then it is not mirrored because of connection-predates-session
      And the workload answers as usual

      Examples:
        | mesh  |
        | none  |
        | istio |

    Scenario: without a flush it goes on unseen, mirrord 3.250
      Given an Istio mesh
      And mirrord 3.250
      And the mirror flushes no connections
      And the mirror session starts later
      When a bidi-streaming WebSocket stream is opened
      And the message "before" is sent
      Then the caller gets the answer "before" while the stream is open
      When the mirror session is started
      And the message "after" is sent
      Then the caller gets the answer "after" while the stream is open
      When the caller ends its side
      Then it is not mirrored because of connection-predates-session
      And the workload answers as usual

    Scenario: the flush breaks it, mirrord 3.250
      Given no mesh
      And mirrord 3.250
      And the mirror session starts later
      When a bidi-streaming WebSocket stream is opened
      And the message "before" is sent
      Then the caller gets the answer "before" while the stream is open
      When the mirror session is started
      Then the caller's connections are reset

  Rule: caller and workload notice nothing of the local process

    Scenario Outline: a local process that dies, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the local process runs "node features/programs/dies-at-once.mjs"
      When a bidi-streaming WebSocket stream is opened
      And the stream is idle for 500 ms
      And the message "two espressi" is sent
      Then the caller gets the answer "two espressi" while the stream is open
      When the message "the bill" is sent
      Then the caller gets the answer "the bill" while the stream is open
      When the caller ends its side
      Then the workload answers as usual

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | istio | 3.250   |

  Rule: a WebSocket that the workload refuses is an ordinary call

    Scenario Outline: refused with 403, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the workload answers with status 403
      When a WebSocket call is made
      Then it is mirrored
      And the mirrored request has 0 messages
      And the caller gets status 403

      Examples:
        | mesh  | version |
        | none  | 3.152   |
        | none  | 3.250   |
        | istio | 3.152   |
        | istio | 3.250   |

  Rule: the local process has to agree for itself

    What the caller says before the local process has agreed has nowhere to go, where requests are replayed. A captured connection has no such
    moment: its bytes are delivered whatever the local process says.

    @limitation:L16
    Scenario Outline: a local process that <agrees>, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the local process runs "node features/programs/<program>"
      And the payload "two espressi"
      And the payload "one glass of water"
      When a bidi-streaming WebSocket call is made
      Then it is mirrored

      Examples:
        | mesh  | version | agrees               | program                |
        | none  | 3.152   | agrees a second late | agrees-late.mjs        |
        | none  | 3.250   | agrees a second late | agrees-late.mjs        |
        | istio | 3.152   | agrees a second late | agrees-late.mjs        |
        | istio | 3.250   | agrees a second late | agrees-late.mjs        |
        | none  | 3.152   | never agrees         | refuses-websockets.mjs |
        | istio | 3.250   | never agrees         | refuses-websockets.mjs |

    Scenario Outline: who waits until it has agreed loses nothing, mesh <mesh>, mirrord <version>
      Given the mesh is <mesh>
      And mirrord <version>
      And the local process runs "node features/programs/agrees-late.mjs"
      And 2 s between messages
      When a WebSocket call is made
      Then it is mirrored

      Examples:
        | mesh  | version |
        | none  | 3.250   |
        | istio | 3.250   |
