/** What is missing in the logging part of a configuration. */
export type LoggingObjection = { readonly row: number; readonly field: string; readonly reason: string };
