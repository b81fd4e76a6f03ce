import { nameKey } from '../key.ts';
import { toggle } from '../kinds/choice.ts';
import { reference } from '../kinds/reference.ts';
import { password } from '../kinds/secret.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Administrators',
  area: 'admingrp',
  key: nameKey(),
  members: {
    'access-profile': reference({
      help: 'What the administrator may see and change',
      tables: ['system accprofile'],
      spellings: ['accprofile'],
      required: true,
    }),
    password: password({ help: 'Password; without one only the local terminal lets the administrator in' }),
    'force-password-change': toggle({
      help: 'Whether a new password must be given at the next login',
      default: 'disable',
    }),
    'plain-terminal': toggle({
      help: 'Whether prompts are plain text, as programs read them, whatever the terminal can show',
      default: 'disable',
      extension: true,
    }),
  },
  initial: { admin: { 'access-profile': 'prof_admin' } },
} satisfies TableDefinition;
