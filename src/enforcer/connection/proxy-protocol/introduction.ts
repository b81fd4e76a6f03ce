/** What a client has to send first: nothing, a PROXY header, or one that names the source that is judged. */
export type Introduction = 'none' | 'header' | 'source';
