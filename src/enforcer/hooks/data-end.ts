/**
 * Why no more bytes come to the hooks before a member is chosen: the client has ended its direction, the time that hooks
 * gave it is over, or it has sent as much as is kept.
 */
export type DataEnd = 'ended' | 'late' | 'full';
