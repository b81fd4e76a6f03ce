import fc from 'fast-check';
import { seed } from './campaign.ts';

// Without this, what may be long is short: an array of at most 300 has 10 at most.
fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true, seed });

/** Property tests, with values as large as each test says. */
export default fc;
