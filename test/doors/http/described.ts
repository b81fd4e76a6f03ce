import { Agent, request } from 'node:http';
import type { TestContext } from 'node:test';
import type { Call, Data } from './api-client.ts';

/** One thing that the description says can be asked. */
export type Described = {
  readonly path: string;
  readonly method: string;
  /** Names of what has to stand in the query. */
  readonly needs: readonly string[];
  /** The schema of the body; undefined: there is none. */
  readonly body: Data | undefined;
};

export function objectOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** All of it, in the order of the description. */
export function describedIn(description: Data): readonly Described[] {
  return Object.entries(objectOf(description['paths'])).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, about]) => {
      const { parameters, requestBody } = objectOf(about);
      const needs = listOf(parameters)
        .map(objectOf)
        .filter((each) => each['required'] === true)
        .map((each) => String(each['name']));
      const content = objectOf(objectOf(objectOf(requestBody)['content'])['application/json']);
      const body = requestBody === undefined ? undefined : resolved(description, content['schema']);
      return { path, method: method.toUpperCase(), needs, body };
    }),
  );
}

/** A schema, where it is referred to by its name. */
export function resolved(description: Data, schema: unknown): Data {
  const reference = objectOf(schema)['$ref'];
  if (typeof reference !== 'string') return objectOf(schema);
  const schemas = objectOf(objectOf(description['components'])['schemas']);
  return objectOf(schemas[reference.slice(reference.lastIndexOf('/') + 1)]);
}

export type Raw = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};

/** Asks over a few connections that stay, with any headers. */
export function asker(context: TestContext, port: number): (raw: Raw) => Promise<readonly [number, string]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  context.after(() => agent.destroy());
  return ({ method, target, headers, body }) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly [number, string]>();
    const asked = request({ agent, host: '127.0.0.1', port, method, path: target, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve([response.statusCode ?? 0, text]));
    });
    asked.once('error', reject);
    asked.end(body);
    return promise;
  };
}

/** Every row of a table, or the fields of one without keys. */
export async function resultsOf(call: Call, target: string): Promise<readonly Data[]> {
  const { data } = await call('GET', target);
  const { results } = data;
  return Array.isArray(results) ? results.map(objectOf) : [objectOf(results)];
}
