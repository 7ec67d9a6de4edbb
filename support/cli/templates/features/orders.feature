# The same steps, in Gherkin here and in YAML in order-service.yaml. `npx mirrorspec steps` lists all that can be said.
Feature: Orders are mirrored

  # The workload is mirrorspec's own "echo" unless a step says otherwise.
  Scenario Outline: an order over <protocol> is mirrored
    Given an Istio mesh
    And the mirror listens on "lo"
    And an order of 2 espresso
    When an <protocol> call is made
    Then it is mirrored
    And the order is mirrored unchanged

    Examples:
      | protocol |
      | HTTP/1.1 |
      | HTTP/2   |

  Scenario: outside of the pod the order is encrypted
    Given an Istio mesh
    And the mirror listens on "eth0"
    And an order of 1 latte
    When an HTTP/2 call is made
    Then it is not mirrored because of encrypted-interface
