/** What of the traffic that an agent has taken is not with the local process yet. */
export interface Backlog {
  /** Packets and events that wait in the agent's queues, or that it has not finished with. */
  readonly waiting: number;
  /** Bytes of all messages sent to the local process so far; those it has not received yet are on their way. */
  readonly sentBytes: number;
}
