/** The table of tokens. */
export const apiTokens = 'system api-token';
