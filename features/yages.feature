Feature: yages, the gRPC service on which mirroring on a mesh was first tried by hand

  Background:
    Given an Istio mesh
    And the workload "yages"

  Scenario: Ping
    Given the gRPC method "yages.Echo/Ping"
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the mirrored request is POST "/yages.Echo/Ping"
    And the caller gets the answer "pong"

  Scenario: Reverse
    Given the gRPC method "yages.Echo/Reverse"
    And the JSON payload:
      """json
      { "text": "Grüße 🪞" }
      """
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the mirrored JSON payload is:
      """json
      { "text": "Grüße 🪞" }
      """
    And the caller gets the answer "🪞 eßürG"

  Scenario: types from server reflection
    Given the gRPC method "yages.Echo/Reverse"
    And types from server reflection
    And the JSON payload:
      """json
      { "text": "reflected" }
      """
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
    And the caller gets the answer "detcelfer"
