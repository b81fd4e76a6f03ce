/** Names, at the end of a process that imports it first, each file that it has loaded of what it should need late. */
import { registerHooks } from 'node:module';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    if (/src.scripting.|wasmoon|modules.zod|chevrotain|sqlite|catalogue|cli.verbs/.test(url))
      loaded.push(`loaded ${url}`);
    return next(url, context);
  },
});
process.once('exit', () => {
  if (loaded.length > 0) console.error(loaded.join('\n'));
});
