/** What verdicts of the embedded environment mean; said wherever they are shown. */
export const EMBEDDED_VERDICT =
  'These are verdicts on the reference agent on an embedded mesh; a cluster and mirrord itself were not involved.';
