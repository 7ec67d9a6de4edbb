Feature: Mirroring by redirection

  Since 3.153 mirrord leads the workload's connections to an agent in its pod. The agent passes everything on to the application, and
  mirrors what callers say: HTTP request by request, everything else as bytes. On a mesh it stands between the sidecar and the application,
  where nothing is encrypted any more. There is no listen interface; since 3.181 there is no other way.

  What it costs callers and workload is in collateral.feature, what becomes of connections from before the session in
  long-lived-connections.feature, what gets lost in limitations-redirect.feature.

  Rule: Callers' requests arrive, each by itself

    Scenario Outline: with mesh <mesh>, a <protocol> call is mirrored
      Given the mesh is <mesh>
      And mirrord 3.250
      And the payload "order 7: two espressi, one glass of water"
      When a <protocol> call is made
      Then it is mirrored
      And the mirrored payload is "order 7: two espressi, one glass of water"
      And the mirrored request was sent over <protocol>
      And the workload answers as usual

      Examples:
        | mesh  | protocol           |
        | istio | HTTP/1.1           |
        | istio | HTTP/2             |
        | istio | gRPC-over-HTTP/1.1 |
        | istio | gRPC-over-HTTP/2   |
        | none  | HTTP/1.1           |
        | none  | HTTP/2             |
        | none  | gRPC-over-HTTP/1.1 |
        | none  | gRPC-over-HTTP/2   |

    Scenario Outline: a <interaction> gRPC call is mirrored message by message
      Given an Istio mesh
      And the mirror redirects connections
      And the payload "one"
      And the payload "two"
      And the payload "three"
      When a <interaction> gRPC-over-HTTP/2 call is made
      Then it is mirrored
      And the mirrored request has 3 messages
      And the mirrored payload is "onetwothree"
      And the workload answers as usual

      Examples:
        | interaction      |
        | client-streaming |
        | bidi-streaming   |

    Scenario Outline: a large <protocol> call is mirrored byte by byte
      Given an Istio mesh
      And the mirror redirects connections
      And a payload of 1 MiB
      When a <protocol> call is made
      Then it is mirrored
      And the workload answers as usual

      Examples:
        | protocol         |
        | HTTP/1.1         |
        | gRPC-over-HTTP/2 |

  Rule: Filters decide request by request

    What a filter leaves out reaches the workload all the same. Nothing but HTTP is mirrored from a port that has one.

    Scenario: a filter takes the requests that match, and leaves the others to the workload
      Given an Istio mesh
      And the mirror redirects connections
      And the mirror takes only requests with a header that matches "^x-tenant: blue$"
      When an HTTP/1.1 call is made
      Then it is not mirrored because of filter-excluded
      And the workload answers as usual
      Given the headers:
        | x-tenant | blue |
      When an HTTP/1.1 call is made
      Then it is mirrored

    Scenario Outline: of several filters one is enough, and a <method> of <path> is <mirrored>
      Given an Istio mesh
      And the mirror redirects connections
      And the mirror takes only requests that match any of:
        | path   | ^/orders$ |
        | method | DELETE    |
      And the request is <method> "<path>"
      When an HTTP/2 call is made
      Then it is <mirrored>

      Examples:
        | method | path              | mirrored                                |
        | POST   | /orders?sort=date | mirrored                                |
        | DELETE | /carts/7          | mirrored                                |
        | POST   | /orders/7         | not mirrored because of filter-excluded |

    Scenario: on a port with a filter, what is no HTTP is passed on and not mirrored
      Given an Istio mesh
      And the mirror redirects connections
      And the mirror takes only requests with a path that matches "."
      When a TCP call is made
      Then it is not mirrored because of filter-excluded
      And the workload answers as usual
      When an HTTP/1.1 call is made
      Then it is mirrored

    Scenario: a version from before filters mirrors everything
      Given an Istio mesh
      And mirrord 3.160
      And the mirror takes only requests with the method "DELETE"
      When an HTTP/1.1 call is made
      Then it is mirrored

  Rule: Other ports are left alone

    Scenario: a port that is not subscribed is not redirected
      Given an Istio mesh
      And the mirror redirects connections
      And the mirror subscribes to port 9090
      When an HTTP/1.1 call is made
      Then it is not mirrored because of port-not-subscribed
      When a gRPC-over-HTTP/2 call is made
      Then it is mirrored
