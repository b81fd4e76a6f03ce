/** Seconds of silence before the first keepalive probe on any connection. */
export const KEEPALIVE_DELAY = 60;
