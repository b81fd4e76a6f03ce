/** A field that must be set where the configuration as a whole is as it is. `row`: its id. */
export type FieldObjection = { readonly row: number; readonly field: string; readonly reason: string };
