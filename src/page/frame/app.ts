import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Action } from '../actions/action.ts';
import { Proposal } from '../actions/proposal.ts';
import { AskError, askSession, logOut, speakFor } from '../asking/ask.ts';
import { Live, nothingLive } from '../asking/live.ts';
import type { RunAnswer, SessionState } from '../messages.ts';
import { Context, type PageContext } from '../page-context.ts';
import { isolated, Outside } from '../parts/outside.ts';
import { clock } from '../reckoning/format.ts';
import type { Requirement, View } from '../view.ts';
import { ConfirmationBanner } from './confirmation-banner.ts';
import { Login } from './login.ts';
import { useRoute } from './route.ts';

/** Milliseconds between two looks at who is logged in, and what they may. */
const look = 15_000;

/** Milliseconds for which it is said what was done. */
const readable = 8000;

type Proposed = { readonly action: Action; readonly settle: (answer: RunAnswer | null) => void };

export function App({ views }: { readonly views: readonly View[] }): VNode | null {
  const [session, setSession] = useState<SessionState | null | undefined>(undefined);
  const [reason, setReason] = useState('');
  const over = (why: string): void => {
    setReason(why);
    setSession(null);
  };
  speakFor(session ?? null);
  useEffect(() => {
    askSession().then(setSession, (error: unknown) => over(String(error)));
  }, []);
  if (session === undefined) return null;
  if (session === null) return html`<${Login} reason=${reason} entered=${setSession} />`;
  return html`<${Frame} key=${session.token} views=${views} session=${session} changed=${setSession} over=${over} />`;
}

type FrameProps = {
  readonly views: readonly View[];
  readonly session: SessionState;
  readonly changed: (session: SessionState) => void;
  readonly over: (reason: string) => void;
};

/** What is told for a while. Whatever comes from outside is isolated in it. */
type Said = { readonly text: string; readonly isBad: boolean };

function Frame({ views, session, changed, over }: FrameProps): VNode {
  const [live, setLive] = useState(nothingLive);
  const [proposed, setProposed] = useState<Proposed | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const main = useRef<HTMLElement>(null);
  const may = ({ area, access }: Requirement): boolean =>
    session.permissions[area]?.includes(access) ?? false;
  const own = views.filter(({ requires }) => requires === null || may(requires));
  const route = useRoute();
  const view = own.find(({ path }) => path === route.path) ?? own[0];

  const failed = (error: unknown): void => {
    if (error instanceof AskError && error.status === 401) over('The session is over: log in again.');
    // Where there is no answer at all, that is said for as long as it lasts.
    else if (!(error instanceof AskError && error.status === 0))
      setSaid({ text: isolated(error instanceof Error ? error.message : String(error)), isBad: true });
  };
  const lookAgain = (): void => {
    askSession().then(
      (now) => (now === null ? over('The session is over: log in again.') : changed(now)),
      failed,
    );
  };
  const stream = useMemo(() => new Live(setLive, lookAgain), []);
  useEffect(() => {
    const timer = setInterval(lookAgain, look);
    return () => {
      clearInterval(timer);
      stream.close();
    };
  }, []);
  const policy = route.query.get('policy');
  useEffect(() => stream.watch(view?.topics ?? [], policy), [view, policy]);
  useEffect(() => {
    document.title = `${view?.title ?? ''} · ${session.hostname}`;
    main.current?.focus({ preventScroll: true });
    // Of a narrow bar it may be out of sight.
    document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    scrollTo(0, 0);
  }, [view]);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), readable);
    return () => clearTimeout(timer);
  }, [said]);
  useEffect(() => {
    const go = ({ key, target, altKey, ctrlKey, metaKey }: KeyboardEvent): void => {
      const isTyping =
        target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
      const chosen = own.find(({ position }) => String(position) === key);
      if (!isTyping && !altKey && !ctrlKey && !metaKey && chosen !== undefined)
        location.hash = `#/${chosen.path}`;
    };
    addEventListener('keydown', go);
    return () => removeEventListener('keydown', go);
  });

  const act = (action: Action): Promise<RunAnswer | null> => {
    const { promise, resolve } = Promise.withResolvers<RunAnswer | null>();
    const settle = (answer: RunAnswer | null): void => {
      setProposed(null);
      if (answer !== null) {
        const told = [...answer.notices, answer.output.trim()].filter(Boolean).join('\n');
        setSaid({ text: told === '' ? `Done: ${action.title}` : isolated(told), isBad: false });
        lookAgain();
      }
      resolve(answer);
    };
    setProposed({ action, settle });
    return promise;
  };
  const context: PageContext = { session, live, may, act, failed };
  const confirmation = live.session === null ? session.confirmation : live.session.confirmation;
  const leave = (): void => {
    logOut().then(() => over(''), failed);
  };

  return html`<${Context.Provider} value=${context}>
    <a class="skip" href="#main" onClick=${(event: Event) => {
      event.preventDefault();
      main.current?.focus();
    }}>To the content</a>
    <header class="bar">
      <span class="brand"><img src="/icon.svg" alt="" width="22" height="22" /><span><${Outside} text=${session.hostname} /></span></span>
      <nav aria-label="Views">
        ${own.map(
          ({ path, title, position }) =>
            html`<a href=${`#/${path}`} aria-current=${path === view?.path ? 'page' : undefined} title=${`Key ${position}`}>${title}</a>`,
        )}
      </nav>
      <span class="who">
        <${Pulse} connection=${live.connection} />
        <span title="The newest revision of the configuration">r${live.session?.revision ?? session.revision ?? '–'}</span>
        <span class="name"><${Outside} text=${session.name} /></span>
        <button type="button" class="small" onClick=${leave}>Log out</button>
      </span>
    </header>
    ${confirmation !== null && html`<${ConfirmationBanner} confirmation=${confirmation} />`}
    ${live.connection === 'lost' && html`<div class="banner" role="status"><span>Levee does not answer: it is asked again.${live.measured !== null && html` What is shown is of <strong>${clock(live.measured.wall, Date.now())}</strong>.`}</span></div>`}
    ${session.notice !== null && html`<div class="banner mild"><${Outside} text=${session.notice} /></div>`}
    <main id="main" ref=${main} tabindex="-1">
      <h1 class="unseen">${view?.title}</h1>
      ${view === undefined ? html`<p class="empty">Your access profile shows nothing here.</p>` : html`<${view.Body} key=${view.path} query=${route.query} />`}
    </main>
    <div class="said" role="status" aria-live="polite">
      ${said !== null && html`<div class=${said.isBad ? 'bad' : ''}><bdi>${said.text}</bdi><button type="button" class="small" aria-label="Close" onClick=${() => setSaid(null)}>×</button></div>`}
    </div>
    ${proposed !== null && html`<${Proposal} action=${proposed.action} settled=${proposed.settle} failed=${failed} />`}
  <//>`;
}

const pulses = { opening: 'connecting', open: 'live', lost: 'connection lost' };

function Pulse({ connection }: { readonly connection: keyof typeof pulses }): VNode {
  return html`<span class=${`pulse ${connection}`} role="img" aria-label=${pulses[connection]} title=${pulses[connection]}></span>`;
}
