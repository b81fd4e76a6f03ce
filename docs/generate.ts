/** Writes docs/tables/ from schemas/ and docs/examples/, and docs/operations.md from src/cli/: `npm run docs`. */
import { loadLanguage } from '../src/cli/language/language.ts';
import { readExamples, writeOperationsPage, writePages } from './folders.ts';
import { operationsPage } from './operations-page.ts';
import { makePages } from './pages.ts';

const language = await loadLanguage();
const { pages, problems } = makePages(language.catalogue, readExamples());
if (problems.length === 0) {
  writePages(pages);
  writeOperationsPage(operationsPage(language));
  console.log(`docs/operations.md, and ${pages.size} pages in docs/tables`);
} else {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
