/** What a client begins with: nothing of ours, a PROXY header, or one that says who is to be judged. */
export type Introduction = 'none' | 'header' | 'source';
