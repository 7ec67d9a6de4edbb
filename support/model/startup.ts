/** Whether the application of a workload starts before its sidecar takes connections, or once it does. */
export const START_ORDERS = ['before', 'after'] as const;
export type StartOrder = (typeof START_ORDERS)[number];

/** What becomes of the call that an application makes as soon as it runs. */
export const FIRST_CALL_OUTCOMES = ['answered', 'refused', 'failed'] as const;
export type FirstCallOutcome = (typeof FIRST_CALL_OUTCOMES)[number];

export interface FirstCall {
  /** Epoch milliseconds at which it began. */
  readonly at: number;
  /** `refused`: there was no connection. `failed`: there was one, and no answer of HTTP status 200. */
  readonly outcome: FirstCallOutcome;
  /** In words: `connection refused (ECONNREFUSED) by 10.244.0.1:8080`. */
  readonly text: string;
}

/** How a workload starts. */
export interface Startup {
  /** Absent: application and sidecar start side by side, and nothing depends on which is first. */
  readonly order?: StartOrder;
  /** The application calls something outside of the mesh as soon as it runs. */
  readonly firstCall?: true;
}
