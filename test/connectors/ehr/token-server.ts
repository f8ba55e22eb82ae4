import { type KeyObject, verify } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface TokenServer {
  readonly url: string;
  /** Assertions that it accepted. */
  readonly accepted: readonly Readonly<Record<string, unknown>>[];
  /** Headers of the accepted assertions. */
  readonly heads: readonly Readonly<Record<string, unknown>>[];
  /** Seconds that a token lives. */
  lives: number;
  /** Its clock, epoch milliseconds. */
  clock: () => number;
  /** Scopes that it grants. */
  granted: string;
  /** Says this in place of giving a token. */
  refusal: { readonly status: number; readonly body: object } | undefined;
}

/** A token endpoint of SMART Backend Services on 127.0.0.1, which checks what the profile says must be checked. */
export async function tokenServer(clientId: string, publicKey: () => KeyObject): Promise<TokenServer> {
  const accepted: Record<string, unknown>[] = [];
  const heads: Record<string, unknown>[] = [];
  const server: Server = createServer((asked, answer) => {
    void text(asked).then((body) => {
      const say = (status: number, json: object): void => {
        answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      };
      if (told.refusal !== undefined) return say(told.refusal.status, told.refusal.body);
      const form = new URLSearchParams(body);
      const fault = faultIn(form, told, clientId, publicKey(), accepted, heads);
      if (fault !== undefined) return say(400, { error: 'invalid_client', error_description: fault });
      return say(200, {
        access_token: `token-${accepted.length}`,
        token_type: 'bearer',
        expires_in: told.lives,
        scope: told.granted,
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const told: { -readonly [K in keyof TokenServer]: TokenServer[K] } = {
    url: `http://127.0.0.1:${port}/token`,
    accepted,
    heads,
    lives: 300,
    clock: () => Date.now(),
    granted: 'system/Observation.write',
    refusal: undefined,
  };
  return told;
}

function faultIn(
  form: URLSearchParams,
  told: TokenServer,
  clientId: string,
  publicKey: KeyObject,
  accepted: Record<string, unknown>[],
  heads: Record<string, unknown>[],
): string | undefined {
  if (form.get('grant_type') !== 'client_credentials') return 'grant_type';
  if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    return 'client_assertion_type';
  const [head = '', claims = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
  const { alg, ...rest } = decoded(head);
  if (alg !== (publicKey.asymmetricKeyType === 'rsa' ? 'RS384' : 'ES384')) return 'alg';
  const signed = Buffer.from(`${head}.${claims}`);
  const proof = Buffer.from(signature, 'base64url');
  if (!verify('sha384', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, proof)) return 'signature';
  const said = decoded(claims);
  const now = told.clock() / 1_000;
  if (said['iss'] !== clientId || said['sub'] !== clientId || said['aud'] !== told.url) return 'claims';
  if (Number(said['exp']) <= now || Number(said['exp']) > now + 300) return 'exp';
  if (accepted.some(({ jti }) => jti === said['jti'])) return 'jti';
  accepted.push(said);
  heads.push({ alg, ...rest });
  return undefined;
}

function decoded(part: string): Record<string, unknown> {
  const said: Record<string, unknown> = JSON.parse(Buffer.from(part, 'base64url').toString());
  return said;
}
