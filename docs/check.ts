/** Exits with 1 and says why if docs/tables/ or docs/operations.md is not what docs/generate.ts would write. */
import { loadLanguage } from '../src/cli/language/language.ts';
import { readExamples, readOperationsPage, readPages } from './folders.ts';
import { operationsPage } from './operations-page.ts';
import { makePages, staleness } from './pages.ts';

const language = await loadLanguage();
const { pages, problems } = makePages(language.catalogue, readExamples());
const operations =
  readOperationsPage() === operationsPage(language) ? [] : ['docs/operations.md is out of date'];
const wrong = problems.length > 0 ? problems : [...staleness(pages, readPages()), ...operations];
if (wrong.length > 0) {
  console.error(
    [...wrong, 'A table has its example in docs/examples/; "npm run docs" writes the pages.'].join('\n'),
  );
  process.exitCode = 1;
}
