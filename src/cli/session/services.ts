import type { SecretKey } from '../../access/secret-key.ts';
import type { Author } from '../../store/store.ts';
import type { Administrator } from '../administrator.ts';
import type { Configuration } from '../configuration.ts';
import type { Language } from '../language/language.ts';
import type { CheckScript } from '../running/script-check.ts';
import type { System } from '../running/system.ts';

/** What a session works with; whoever opens it provides them. */
export type SessionServices = {
  readonly language: Language;
  readonly configuration: Configuration;
  readonly system: System | undefined;
  readonly author: Author;
  readonly administrator: Administrator;
  /** Under which secrets are kept that can be had back. */
  readonly secretKey: SecretKey;
  readonly checkScript: CheckScript;
  /** Hears once that the session is over. */
  readonly ended?: () => void;
};
