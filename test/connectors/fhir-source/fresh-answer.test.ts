import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FhirConnection } from '../../../connectors/ehr/connection.ts';
import { always } from '../../../connectors/ehr/options.ts';
import { pageAt } from '../../../connectors/fhir-source/pages.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { seconds } from '../../../topology/model/time.ts';

test('a search is not answered from memory: while nothing comes its address is the same each time', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers['cache-control']);
    response.end('{"resourceType":"Bundle"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = new FhirConnection({
    base,
    ca: undefined,
    authorization: always(() => undefined),
    connectTimeout: seconds(10),
    totalTimeout: seconds(10),
    concurrency: 1,
  });
  onTestFinished(() => {
    connection.close();
    server.close();
  });
  const { signal } = new AbortController();
  expect(await pageAt(connection, `${base}/Observation`, true, systemClock, signal)).toMatchObject({
    found: [],
  });
  expect(asked).toEqual(['no-cache']);
});
