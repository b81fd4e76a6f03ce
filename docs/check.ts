/** Exits with 1 and says why if docs/tables/ is not what docs/generate.ts would write. */
import { loadCatalogue } from '../schemas/catalogue.ts';
import { readExamples, readPages } from './folders.ts';
import { makePages, staleness } from './pages.ts';

const { pages, problems } = makePages(await loadCatalogue(), readExamples());
const wrong = problems.length > 0 ? problems : staleness(pages, readPages());
if (wrong.length > 0) {
  console.error(
    [...wrong, 'A table has its example in docs/examples/; "npm run docs" writes the pages.'].join('\n'),
  );
  process.exitCode = 1;
}
