import type { Socket } from 'node:net';
import { readdress } from './addresses.ts';
import { Frames } from './frames.ts';
import type { Order, ProxiedClient } from './proxied-client.ts';
import { type Api, correlationOf, requestHeader } from './request-header.ts';

interface Asked {
  readonly api: Api | undefined;
  readonly order: Order | undefined;
}

/** One connection of a client, and the one to the broker behind it: frames pass in their order, each way by itself. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #clientOf: (id: string) => ProxiedClient;
  readonly #ports: ReadonlyMap<number, number>;
  /** Whose it is, as its first request tells. */
  #of: ProxiedClient | undefined;
  readonly #asked = new Map<number, Asked>();

  constructor(
    client: Socket,
    broker: Socket,
    clientOf: (id: string) => ProxiedClient,
    ports: ReadonlyMap<number, number>,
  ) {
    this.#client = client;
    this.#broker = broker;
    this.#clientOf = clientOf;
    this.#ports = ports;
    for (const socket of [client, broker]) {
      socket.setNoDelay(true);
      // Whoever reads it hears of it; afterwards it is nobody's news.
      socket.on('error', () => {});
    }
  }

  /** Passes on what comes until one side ends. */
  async run(): Promise<void> {
    await Promise.all([
      pump(this.#client, this.#broker, (frame) => this.#request(frame)),
      pump(this.#broker, this.#client, (frame) => this.#answer(frame)),
    ]);
  }

  cut(): void {
    this.#client.destroy();
    this.#broker.destroy();
  }

  async #request(frame: Buffer): Promise<boolean> {
    const { api, correlation, clientId } = requestHeader(frame);
    const client = this.#known(clientId);
    const order = api === undefined ? undefined : client.asked(api);
    if (order?.way === 'request' && !(await order.meet(this.#breakOff))) return this.#lost();
    // What was held is on its way already: the client's own standing still does not keep it.
    if (order?.way !== 'request' && !(await client.passes())) return this.#lost();
    this.#asked.set(correlation, { api, order });
    return true;
  }

  async #answer(frame: Buffer): Promise<boolean> {
    const correlation = correlationOf(frame);
    const { api, order } = this.#asked.get(correlation) ?? {};
    this.#asked.delete(correlation);
    order?.answered(frame);
    if (order?.way === 'answer' && !(await order.meet(this.#breakOff))) return this.#lost();
    if ((await this.#of?.passes()) === false) return this.#lost();
    readdress(api, frame, this.#ports);
    return true;
  }

  readonly #breakOff = (): void => void this.#client.destroy();

  #known(clientId: string): ProxiedClient {
    if (this.#of === undefined) {
      this.#of = this.#clientOf(clientId);
      const out = this.#of.connected(() => this.cut());
      this.#client.once('close', out);
    }
    return this.#of;
  }

  #lost(): false {
    this.cut();
    return false;
  }
}

/** Reads one side to its end, and writes what passes to the other. An end is passed on when all before it has been. */
async function pump(from: Socket, to: Socket, passes: (frame: Buffer) => Promise<boolean>): Promise<void> {
  const frames = new Frames();
  try {
    const chunks: AsyncIterable<Buffer> = from;
    for await (const chunk of chunks) {
      for (const frame of frames.push(chunk)) if (await passes(frame)) await written(to, frame);
    }
  } catch {
    // Broken by the other side, or cut here: the end is the same.
  } finally {
    to.end();
  }
}

/** Resolves also when it cannot be written any more. */
const written = (to: Socket, frame: Buffer): Promise<void> =>
  new Promise((resolve) => void to.write(frame, () => resolve()));
