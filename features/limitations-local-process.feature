Feature: What the local process cannot see

  @limitation:L26 @limitation:L26b
  Scenario Outline: with mirrord <version> and the mesh <mesh>, the copy comes from the caller's address
    Given the mesh is <mesh>
    And mirrord <version>
    When an HTTP/1.1 call is made
    Then the local process sees the caller's address

    Examples:
      | mesh  | version |
      | istio | 3.150   |
      | istio | 3.250   |
      | none  | 3.250   |
      | none  | 3.150   |

  @limitation:L33
  Scenario: a call is mirrored although the local process has stopped to listen
    Given no mesh
    And mirrord 3.150
    And the local process runs "node features/programs/accepts-once.mjs"
    And a new connection for each call
    When an HTTP/1.1 call is made
    Then it is mirrored
    When an HTTP/1.1 call is made
    Then it is mirrored
