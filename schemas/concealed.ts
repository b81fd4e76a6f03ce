/** What stands in the place of a secret, whatever its length. A client that only prints needs no more of the schemas. */
export const concealed = '******';
