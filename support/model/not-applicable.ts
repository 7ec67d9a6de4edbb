/**
 * Attachments of this media type say why the rest of a scenario is skipped: what it asks for cannot be had in the run's
 * environment.
 */
export const NOT_APPLICABLE_MEDIA_TYPE = 'text/vnd.mirrorspec.not-applicable+plain';
