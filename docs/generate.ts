/** Writes the reference pages of docs/tables/ from schemas/ and docs/examples/: `npm run docs`. */
import { loadCatalogue } from '../schemas/catalogue.ts';
import { readExamples, writePages } from './folders.ts';
import { makePages } from './pages.ts';

const { pages, problems } = makePages(await loadCatalogue(), readExamples());
if (problems.length === 0) {
  writePages(pages);
  console.log(`${pages.size} pages in docs/tables`);
} else {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
