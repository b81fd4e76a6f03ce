import type { SecretKey } from '../../access/secret-key.ts';
import type { Author } from '../../store/store.ts';
import type { Configuration } from '../../system/configuration.ts';
import type { CheckScript } from '../../system/script-check.ts';
import type { System } from '../../system/system.ts';
import type { Administrator } from '../administrator.ts';
import type { Language } from '../language/language.ts';

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
