Feature: Mirroring of protocols that are no HTTP

  A call over TCP is a connection. What the caller says on it, until it half-closes, is mirrored as bytes: every one of them, in order,
  however many pieces they were said in. On a mesh the workload's port for it is declared as TCP, so that the sidecars pass on what they do
  not understand, inside mutual TLS.

  Scenario Outline: with mesh <mesh> and mirrord <version>, a <interaction> call over TCP is mirrored
    Given the mesh is <mesh>
    And mirrord <version>
    And the payload "two espressi, "
    And the payload "one glass of water"
    And 20 ms between messages
    When a <interaction> TCP call is made
    Then it is mirrored
    And the mirrored payload is "two espressi, one glass of water"
    And the mirrored request was sent over TCP
    And the workload answers as usual

    Examples:
      | mesh  | version | interaction      |
      | none  | 3.150   | unary            |
      | istio | 3.150   | bidi-streaming   |
      | none  | 3.250   | server-streaming |
      | istio | 3.250   | client-streaming |
      | istio | 3.250   | bidi-streaming   |

  Scenario Outline: with mesh <mesh> and mirrord <version>, <size> without a pattern are mirrored
    Given the mesh is <mesh>
    And mirrord <version>
    And a payload of <size>
    When a TCP call is made
    Then it is mirrored

    Examples:
      | mesh  | version | size    |
      | none  | 3.150   | 1 byte  |
      | istio | 3.150   | 1 MiB   |
      | none  | 3.250   | 4 MiB   |
      | istio | 3.250   | 4 MiB   |

  Scenario: several connections at once are told apart
    Given an Istio mesh
    And mirrord 3.250
    When 40 bidi-streaming TCP calls are made, 10 at a time
    Then all of them are mirrored

  Scenario Outline: with mesh <mesh> and mirrord <version>, a protocol of your own is mirrored, with the call's id where it has room for it
    Istio takes port 3306 for TCP without being told. On a port of which it knows nothing, Envoy may reset who half-closes at once.

    Given the mesh is <mesh>
    And mirrord <version>
    And the workload runs "node features/programs/keeps-words.mjs" on port 3306
    And the payload:
      """
      SET tag {call-id} and more\r
      SET drink espresso\r

      """
    When a TCP call is made
    Then it is mirrored

    Examples:
      | mesh  | version |
      | none  | 3.150   |
      | istio | 3.250   |

  Scenario: on a mesh, eth0 carries raw TCP inside mutual TLS
    Given an Istio mesh
    And the mirror listens on "eth0"
    When a TCP call is made
    Then it is not mirrored because of encrypted-interface
    And the workload answers as usual
    And "eth0" carried TLS only

  Scenario Outline: a connection from before the session is not mirrored with mirrord <version>, and not picked up later
    Given an Istio mesh
    And mirrord <version>
    And a caller that is already connected over TCP
    When a TCP call is made
    Then it is not mirrored because of connection-predates-session
    When a TCP call is made
    Then it is mirrored

    Examples:
      | version |
      | 3.150   |

  @limitation:L9
  Scenario: without a flush, a connection from before the session is mirrored by redirection
    Given an Istio mesh
    And mirrord 3.250
    And the mirror flushes no connections
    And a caller that is already connected over TCP
    When a TCP call is made
    Then it is mirrored

  Scenario: with a flush, a connection from before the session is broken, and a new one is mirrored by redirection
    Given no mesh
    And mirrord 3.250
    And a caller that is already connected over TCP
    When a TCP call is made
    Then the call is refused
    And it is not mirrored because of flushed
    When a TCP call is made
    Then it is mirrored

  Scenario Outline: with mesh <mesh> and mirrord <version>, a connection that the workload closes first is mirrored
    Given the mesh is <mesh>
    And mirrord <version>
    And TCP connections that the workload closes first
    When a TCP call is made
    Then it is mirrored
    And the workload answers as usual

    Examples:
      | mesh  | version |
      | none  | 3.150   |
      | istio | 3.250   |

  @limitation:L34
  Scenario Outline: with mesh <mesh> and mirrord <version>, the local process sees that the <party> resets
    Given the mesh is <mesh>
    And mirrord <version>
    And TCP connections that the <party> resets
    When a TCP call is made
    Then it is mirrored

    Examples:
      | mesh  | version | party    |
      | none  | 3.150   | caller   |
      | istio | 3.250   | caller   |
      | none  | 3.250   | workload |

  Scenario: a sniffer looks at what the caller says only, and leaves the copy open when the workload resets
    Given no mesh
    And mirrord 3.150
    And TCP connections that the workload resets
    When a TCP call is made
    Then it is mirrored

  Scenario Outline: with mesh <mesh> and mirrord <version>, the local process is told a second late that a connection is closed
    Given the mesh is <mesh>
    And mirrord <version>
    And the payload "good bye"
    When a TCP call is made
    Then it is mirrored
    And the copy's connection ends at least 900 ms after the caller's

    Examples:
      | mesh  | version |
      | none  | 3.150   |
      | istio | 3.150   |

  Rule: The server may speak first, as those of SMTP, MySQL and SSH do

    Background:
      Given the workload greets callers over TCP with "220 mail.example.org ready"
      And the payload "EHLO caller.example.org"

    Scenario Outline: with mesh <mesh> and mirrord <version>, what the caller says is mirrored
      Given the mesh is <mesh>
      And mirrord <version>
      When a TCP call is made
      Then it is mirrored
      And the mirrored payload is "EHLO caller.example.org"
      And the caller gets the answer "220 mail.example.org readyEHLO caller.example.org"

      Examples:
        | mesh  | version |
        | none  | 3.150   |
        | istio | 3.150   |
        | istio | 3.250   |

    @limitation:L20
    Scenario Outline: with mesh <mesh> and mirrord <version>, the greeting comes without delay
      Given the mesh is <mesh>
      And mirrord <version>
      When a TCP call is made
      Then the caller gets the first byte within 1 s

      Examples:
        | mesh  | version |
        | none  | 3.150   |
        | istio | 3.150   |
        | none  | 3.250   |
        | istio | 3.250   |

    Scenario: the agent holds the greeting back for the two seconds that it waits for HTTP
      Given no mesh
      And mirrord 3.250
      When a TCP call is made
      Then the caller waits at least 2 s for the first byte
      And the caller gets the first byte within 3 s
