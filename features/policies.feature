Feature: Policies of the mesh decide what there is to mirror

  Scenario Outline: a denied <protocol> call is answered by the sidecar, with mirrord <mirrord>: nothing to mirror
    Given an Istio mesh
    And mirrord <mirrord>
    And an authorization policy denies "/admin/*"
    And the request is POST "/admin/users?all=1"
    When a <protocol> call is made
    Then the caller gets status 403
    And it is not mirrored because of call-not-delivered

    Examples:
      | protocol | mirrord |
      | HTTP/1.1 | 3.150   |
      | HTTP/2   | 3.150   |
      | HTTP/1.1 | 3.250   |
      | HTTP/2   | 3.250   |

  Scenario Outline: a <protocol> call that no policy denies is mirrored as ever
    Given an Istio mesh
    And an authorization policy denies "/admin/*"
    And an authorization policy denies "*.php"
    And the request is POST "/administration?next=/admin/users"
    When a <protocol> call is made
    Then it is mirrored

    Examples:
      | protocol |
      | HTTP/1.1 |
      | HTTP/2   |

  Scenario Outline: a denied WebSocket is refused by the sidecar, with mirrord <mirrord>
    Given an Istio mesh
    And mirrord <mirrord>
    And an authorization policy denies "/admin/*"
    And the request is GET "/admin/feed"
    When a WebSocket call is made
    Then the caller gets status 403
    And it is not mirrored because of call-not-delivered

    Examples:
      | mirrord |
      | 3.150   |
      | 3.250   |

  Scenario: a denied gRPC call ends with a status of its own
    Given an Istio mesh
    And an authorization policy denies "/mirrorspec.echo.v1.Echo/*"
    When a gRPC-over-HTTP/2 call is made
    Then the caller gets gRPC status 7
    And it is not mirrored because of call-not-delivered

  Scenario: one port is plaintext on a mesh that is STRICT
    Given an Istio mesh with STRICT mutual TLS
    And port 8080 of the workload accepts DISABLE mutual TLS
    And the mirror listens on "eth0"
    When an HTTP/1.1 call is made
    Then it is mirrored
    And "eth0" carried plaintext

  Scenario: the other ports of the same workload stay encrypted
    Given an Istio mesh with STRICT mutual TLS
    And port 8080 of the workload accepts DISABLE mutual TLS
    And the mirror listens on "eth0"
    When a gRPC-over-HTTP/2 call is made
    Then it is not mirrored because of encrypted-interface
    And "eth0" carried TLS only

  Scenario: one port lets in callers from outside, on a mesh that is STRICT
    Given an Istio mesh with STRICT mutual TLS
    And port 8080 of the workload accepts PERMISSIVE mutual TLS
    And a caller outside the mesh
    When an HTTP/2 call is made
    Then it is mirrored
    When a gRPC-over-HTTP/2 call is made
    Then the call is refused
    And it is not mirrored because of call-not-delivered

  Scenario: one port refuses callers from outside, on a mesh that is PERMISSIVE
    Given an Istio mesh with PERMISSIVE mutual TLS
    And port 9090 of the workload accepts STRICT mutual TLS
    And a caller outside the mesh
    When an HTTP/1.1 call is made
    Then it is mirrored
    When a gRPC-over-HTTP/2 call is made
    Then the call is refused
    And it is not mirrored because of call-not-delivered

  Scenario: what is not intercepted does not pass lo
    Given an Istio mesh
    And port 8080 of the workload is not intercepted
    And a caller outside the mesh
    And the mirror listens on "lo"
    When an HTTP/1.1 call is made
    Then it is not mirrored because of no-traffic-on-interface
    And the workload answers as usual
    And "lo" carried nothing
    And "eth0" carried plaintext

  Scenario: what is not intercepted is mirrored from eth0
    Given an Istio mesh
    And port 8080 of the workload is not intercepted
    And a caller outside the mesh
    And the mirror listens on "eth0"
    When an HTTP/1.1 call is made
    Then it is mirrored

  @limitation:L23
  Scenario: what is not intercepted is mirrored by an agent that redirects
    Given an Istio mesh
    And port 8080 of the workload is not intercepted
    And a caller outside the mesh
    And mirrord 3.250
    When an HTTP/1.1 call is made
    Then it is mirrored

  Scenario: a caller inside the mesh encrypts what nobody decrypts
    Given an Istio mesh
    And port 8080 of the workload is not intercepted
    When an HTTP/1.1 call is made
    Then the caller gets status 503
    And it is not mirrored because of call-not-delivered

  Scenario Outline: the first call of an application that starts <order> its sidecar is <outcome>
    Given an Istio mesh
    And the application starts <order> its sidecar is ready
    And the application makes a call when it starts
    When an HTTP/1.1 call is made
    Then the application's first call was <outcome>
    And the rules of the mesh took 1 connection from inside of the pod
    And it is mirrored

    Examples:
      | order  | outcome  |
      | before | refused  |
      | after  | answered |

  Scenario: a workload that listens on 127.0.0.1 only is not reached
    Given an Istio mesh
    And the workload listens on 127.0.0.1 only
    When an HTTP/1.1 call is made
    Then the caller gets status 503
    And it is not mirrored because of call-not-delivered

  Scenario: an agent before 3.230 does reach it
    Given an Istio mesh
    And the workload listens on 127.0.0.1 only
    And mirrord 3.200
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the workload answers as usual

  Scenario: from 3.230 on it is the agent that says so, and mirrors what is not served
    Given an Istio mesh
    And the workload listens on 127.0.0.1 only
    And mirrord 3.250
    When an HTTP/1.1 call is made
    Then the caller gets status 502
    And the mirrored request is POST "/"
