Feature: What redirection does not mirror, or does to those who call
  Since mirrord 3.181 connections are redirected to an agent that stands in between. Each scenario says what should hold.
  Where a known limitation applies it does not, and exactly the declared verdict is expected; where none applies it holds.

  @limitation:L11
  Scenario Outline: with mirrord <version>, calls come to the workload over the connections that they were made over
    Given an Istio mesh
    And mirrord <version>
    When 5 <protocol> calls are made
    Then all of them are mirrored
    And the workload sees the caller's connections

    Examples:
      | version | protocol         |
      | 3.250   | HTTP/1.1         |
      | 3.250   | gRPC-over-HTTP/2 |
      | 3.150   | HTTP/1.1         |

  @limitation:L12
  Scenario: a large request is mirrored to a local process that reads nothing
    Given no mesh
    And mirrord 3.250
    And the local process runs "node features/programs/reads-nothing.mjs"
    And a payload of 48 MiB
    When an HTTP/1.1 call is made
    Then it is mirrored

  @limitation:L13
  Scenario: many requests at once are mirrored to a local process that is stuck at first
    Given no mesh
    And mirrord 3.250
    And the local process runs "node features/programs/stuck-at-first.mjs"
    And a payload of 64 KiB
    When 400 HTTP/1.1 calls are made, 400 at a time
    Then all of them are mirrored
