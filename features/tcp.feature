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
