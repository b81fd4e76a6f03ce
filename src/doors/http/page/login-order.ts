import { type Credentials, noCredentials } from '../../../system/login.ts';
import { Refusal } from '../exchange.ts';

const members = new Set(['name', 'password', 'code', 'newPassword']);

/** With what somebody wants to come in. Throws a Refusal. */
export function credentialsIn(body: unknown): Credentials {
  const given: Readonly<Record<string, unknown>> = Object(body);
  const { name, password, code, newPassword } = given;
  const isWhole =
    isText(name) &&
    isText(password) &&
    (code === undefined || isText(code)) &&
    (newPassword === undefined || isText(newPassword)) &&
    Object.keys(given).every((member) => members.has(member));
  if (!isWhole) throw new Refusal(400, 'wanted: name and password, and perhaps code or newPassword');
  return { ...noCredentials, name, password, code: code ?? null, newPassword: newPassword ?? null };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1024;
}
