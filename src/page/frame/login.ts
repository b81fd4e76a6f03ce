import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { logIn } from '../asking/ask.ts';
import type { SessionState } from '../messages.ts';
import { Outside } from '../parts/outside.ts';

type Props = {
  /** Why somebody has to log in again, or ''. */
  readonly reason: string;
  readonly entered: (session: SessionState) => void;
};

export function Login({ reason, entered }: Props): VNode {
  const [wanted, setWanted] = useState<'ask' | 'code' | 'change'>('ask');
  const [said, setSaid] = useState(reason);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>('input:not([readonly])')?.focus();
  }, [wanted]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (form.current === null || isBusy) return;
    const given = new FormData(form.current);
    const [name, password, code, newPassword] = ['name', 'password', 'code', 'newPassword'].map((field) =>
      String(given.get(field) ?? ''),
    );
    setBusy(true);
    try {
      const answer = await logIn({
        name: name ?? '',
        password: password ?? '',
        ...(code ? { code: code.replaceAll(' ', '') } : {}),
        ...(newPassword ? { newPassword } : {}),
      });
      if ('refusal' in answer) {
        const { kind, reason } = answer.refusal;
        if (kind === 'code' || kind === 'change') setWanted(kind);
        setSaid(kind === 'code' ? '' : reason);
      } else if (answer.session !== null) entered(answer.session);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return html`<main class="login">
    <form ref=${form} onSubmit=${submit} aria-labelledby="login-title">
      <h1 id="login-title"><img src="/icon.svg" alt="" width="28" height="28" /> Levee</h1>
      <label class="field"><span>Administrator</span>
        <input name="name" autocomplete="username" autocapitalize="none" spellcheck=${false} required /></label>
      <label class="field"><span>Password</span>
        <input name="password" type="password" autocomplete="current-password" /></label>
      ${
        wanted !== 'ask' &&
        html`<label class="field"><span>Code of your authenticator${wanted === 'change' ? ', if you have one' : ''}</span>
        <input name="code" inputmode="numeric" autocomplete="one-time-code" /></label>`
      }
      ${
        wanted === 'change' &&
        html`<label class="field"><span>New password</span>
        <input name="newPassword" type="password" autocomplete="new-password" required /></label>`
      }
      ${said !== '' && html`<p class="refused" role="alert"><${Outside} text=${said} /></p>`}
      <button type="submit" class="primary" disabled=${isBusy}>${isBusy ? 'One moment …' : 'Log in'}</button>
    </form>
  </main>`;
}
