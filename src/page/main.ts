import { html, render } from 'htm/preact';
import { App } from './frame/app.ts';
import type { View } from './view.ts';

const names = document.querySelector<HTMLMetaElement>('meta[name="levee-views"]')?.content.split(' ') ?? [];
const views = await Promise.all(
  names.map(async (name): Promise<View> => {
    const module: { default: View } = await import(`./views/${name}.ts`);
    return module.default;
  }),
);
views.sort((one, other) => one.position - other.position);
const place = document.querySelector<HTMLElement>('#page');
if (place === null) throw new Error('this is not the page');
render(html`<${App} views=${views} />`, place);
