import { nameKey, numberKey } from '../key.ts';
import { choice } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import { regularExpression } from '../kinds/regular-expression.ts';
import { urlPath } from '../kinds/url-path.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Checks that say whether a server is up',
  area: 'traroutegrp',
  key: nameKey(),
  members: {
    relationship: choice({
      help: 'What several checks say together',
      choices: {
        and: 'The server is up while every check passes',
        or: 'The server is up while one check passes',
      },
      default: 'and',
    }),
    'health-list': {
      help: 'Checks',
      key: numberKey(),
      members: {
        type: choice({
          help: 'What is asked of the server',
          choices: {
            icmp: 'An answer to an echo request (ping), where the system lets Levee send one',
            tcp: 'A connection to its port',
            http: 'An answer to an HTTP request on its port',
          },
          default: 'icmp',
        }),
        timeout: integer({
          help: 'How long an answer may take',
          minimum: 1,
          maximum: 30,
          default: 3,
          unit: 'seconds',
        }),
        'retry-times': integer({
          help: 'Failures in a row after which the check does not pass',
          minimum: 1,
          maximum: 10,
          default: 3,
        }),
        interval: integer({
          help: 'Time from one answer to the next question',
          minimum: 1,
          maximum: 300,
          default: 10,
          unit: 'seconds',
        }),
        'url-path': urlPath({ help: 'With http, the path to ask for', maximum: 127, default: '/' }),
        method: choice({
          help: 'With http, the method of the request',
          choices: {
            get: 'GET',
            head: 'HEAD; the answer has no content to match',
            post: 'POST, without content',
          },
          default: 'get',
        }),
        'match-type': choice({
          help: 'With http, what the answer must be',
          choices: {
            'response-code': 'Its status code is response-code',
            'match-content': 'Its content matches match-content',
            all: 'Both',
          },
          default: 'response-code',
        }),
        'response-code': integer({
          help: 'With http, the status code of a good answer',
          minimum: 200,
          maximum: 599,
          default: 200,
        }),
        'match-content': regularExpression({
          help: 'With http, what the first 64 KiB of a good answer hold somewhere',
          maximum: 127,
          requiredWhere: { field: 'match-type', is: ['match-content', 'all'] },
        }),
      },
    },
  },
  predefined: {
    HLTHCK_ICMP: { 'health-list': { 1: { type: 'icmp' } } },
    HLTHCK_TCP: { 'health-list': { 1: { type: 'tcp' } } },
    HLTHCK_HTTP: { 'health-list': { 1: { type: 'http' } } },
  },
} satisfies TableDefinition;
