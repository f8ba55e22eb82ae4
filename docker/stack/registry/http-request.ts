import { request } from 'node:http';

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request to a server on this machine; rejects when it does not answer within `withinMs`. */
export function ask(
  url: string,
  options: {
    readonly method?: string;
    readonly json?: unknown;
    readonly user?: { readonly name: string; readonly password: string } | undefined;
    readonly withinMs?: number;
  } = {},
): Promise<Answer> {
  const { method = 'GET', json, user, withinMs = 5000 } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        // A connection that is kept would hold up the end of a command.
        agent: false,
        headers: {
          accept: 'application/vnd.schemaregistry.v1+json, application/json',
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(user === undefined ? {} : { auth: `${user.name}:${user.password}` }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    sent.setTimeout(withinMs, () => sent.destroy(new Error(`no answer from ${url}`)));
    sent.on('error', reject);
    sent.end(json === undefined ? undefined : JSON.stringify(json));
  });
}
