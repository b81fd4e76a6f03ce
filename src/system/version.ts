import levee from '../../package.json' with { type: 'json' };

/** Of Levee, as its package says. */
export const productVersion: string = levee.version;
