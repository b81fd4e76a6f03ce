import { administratorKey } from '../key.ts';
import { addressWithLength } from '../kinds/addresses/address.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { list } from '../kinds/list.ts';
import { reference } from '../kinds/reference.ts';
import { publicKey } from '../kinds/secrets/public-key.ts';
import { sealedSecret } from '../kinds/secrets/sealed-secret.ts';
import { password } from '../kinds/secrets/secret.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Administrators',
  area: 'admingrp',
  key: administratorKey(),
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
    trusthostv4: list(
      addressWithLength({
        help: 'IPv4 addresses from which the administrator may come through a door; 0.0.0.0/0 = any',
        family: 'ipv4',
        spellings: ['trusthost1', 'trusthost2', 'trusthost3', 'trusthosts'],
      }),
      { maximum: 16, default: ['0.0.0.0/0'] },
    ),
    trusthostv6: list(
      addressWithLength({
        help: 'IPv6 addresses from which the administrator may come through a door; ::/0 = any',
        family: 'ipv6',
        spellings: ['ip6trusthost1', 'ip6trusthost2', 'ip6trusthost3'],
      }),
      { maximum: 16, default: ['::/0'] },
    ),
    sshkey: list(
      publicKey({
        help: 'Public keys that let the administrator in through SSH without a password',
        credential: true,
        spellings: ['ssh-public-key1', 'ssh-public-key2', 'ssh-public-key3'],
      }),
      { maximum: 8 },
    ),
    'two-factor': choice({
      help: 'What is asked besides a password or a key, wherever one of these is',
      credential: true,
      choices: {
        disable: 'Nothing',
        totp: 'The code of an application that shows a new one each 30 seconds',
      },
      default: 'disable',
    }),
    'totp-secret': sealedSecret({
      help: 'What codes are made from, in base32; "execute two-factor enrol" makes one',
      givenFor: [],
      usedBy: 'two-factor',
      secretForm: {
        pattern: /^(?:[A-Za-z2-7][ -]?){16,}=*$/,
        expected: 'at least 16 letters and digits of base32: A to Z and 2 to 7',
      },
      maximum: 128,
      requiredWhere: { field: 'two-factor', is: ['totp'] },
      extension: true,
    }),
    'plain-terminal': toggle({
      help: 'Whether prompts are plain text, as programs read them, whatever the terminal can show',
      default: 'disable',
      extension: true,
    }),
  },
  initial: { admin: { 'access-profile': 'prof_admin' } },
} satisfies TableDefinition;
