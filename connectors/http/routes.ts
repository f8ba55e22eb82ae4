import type { IncomingMessage } from 'node:http';
import { assertBearer } from './bearer.ts';
import { assertTakes, bodyOf } from './body.ts';
import { Refusal } from './refusal.ts';
import type { Answer, Route } from './route.ts';

const NOTHING = new Uint8Array();

/** Answers requests by their routes. The checks go from cheap to dear: a refused client costs no body. */
export class Routes {
  readonly #routes: readonly Route[];
  readonly #onFailure: (path: string, error: unknown) => void;
  readonly #refused: (refusal: Refusal) => Answer;

  /** `refused`: how it is said that a request is not served. */
  constructor(
    routes: readonly Route[],
    onFailure: (path: string, error: unknown) => void,
    refused: (refusal: Refusal) => Answer = ({ answer }) => answer,
  ) {
    this.#routes = routes;
    this.#onFailure = onFailure;
    this.#refused = refused;
  }

  /** Always an answer. `ready` is called when the checks are passed and the body is wanted. */
  async answer(request: IncomingMessage, ready: () => void): Promise<Answer> {
    try {
      const route = this.#routeOf(request);
      if (route.token !== undefined) assertBearer(request.headers.authorization, route.token());
      if (route.body !== undefined) assertTakes(route.body, request);
      ready();
      const body = route.body === undefined ? NOTHING : await bodyOf(request, route.body);
      return await route.answer({ path: pathOf(request), headers: request.headers, body });
    } catch (error) {
      if (error instanceof Refusal) return this.#refused(error);
      this.#onFailure(pathOf(request), error);
      return this.#refused(new Refusal('internal'));
    }
  }

  #routeOf(request: IncomingMessage): Route {
    const asked = pathOf(request);
    const routes = this.#routes.filter(({ path }) =>
      typeof path === 'string' ? path === asked : path.test(asked),
    );
    if (routes.length === 0) throw new Refusal('not-found');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes.find((one) => one.method === method);
    if (route !== undefined) return route;
    const allowed = routes.flatMap((one) => (one.method === 'GET' ? ['GET', 'HEAD'] : [one.method]));
    throw new Refusal('method-not-allowed', { Allow: allowed.join(', ') });
  }
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';
