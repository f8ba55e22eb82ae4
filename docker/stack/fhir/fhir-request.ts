import { request } from 'node:http';

/** Who asks, by HTTP basic. */
export interface User {
  readonly name: string;
  readonly password: string;
}

/** An answer over HTTP, with names of headers in small letters. */
export interface FhirAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request to a FHIR server on this machine; rejects when it does not answer within `withinMs`. */
export function askFhir(
  url: string,
  options: {
    readonly method?: string;
    readonly json?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly user?: User | undefined;
    readonly withinMs?: number;
  } = {},
): Promise<FhirAnswer> {
  const { method = 'GET', json, headers = {}, user, withinMs = 30_000 } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        // A connection that is kept would hold up the end of a command.
        agent: false,
        headers: {
          accept: 'application/fhir+json',
          ...(json === undefined ? {} : { 'content-type': 'application/fhir+json' }),
          ...headers,
        },
        ...(user === undefined ? {} : { auth: `${user.name}:${user.password}` }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
        response.on('error', reject);
      },
    );
    sent.setTimeout(withinMs, () => sent.destroy(new Error(`no answer from ${url}`)));
    sent.on('error', reject);
    sent.end(json === undefined ? undefined : JSON.stringify(json));
  });
}
