import { type Exchange, requests } from './library.ts';

/** An exchange whose answer is given as it was read: the library would throw the first error it finds in it, and not say of what. */
export function exchange<A>(name: string, version: number, args: object): Exchange<A> {
  const of = requests[name]?.protocol({ version })(args) as Exchange<A> | undefined;
  if (of === undefined) throw new TypeError(`This version of the library has no ${name}.`);
  const { request, response, requestTimeout } = of;
  const plain = {
    request,
    response: { decode: (bytes: Buffer) => response.decode(bytes), parse: (answer: A) => answer },
  };
  return requestTimeout === undefined ? plain : { ...plain, requestTimeout };
}
