import { describe, expect, test } from 'vitest';
import { main } from '../../../app/commands/main.ts';
import { ask } from '../../../docker/stack/registry/http-request.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import { registryServer } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { Kept } from '../replay/replay-run.ts';

async function run(
  environment: Record<string, string>,
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(['schemas', ...args], { stdout, stderr, environment });
  return { code, out: stdout.text, err: stderr.text };
}

describe('schemas, wrongly used', () => {
  test.for([
    [[], 'check or register'],
    [['publish'], 'check or register'],
    [['check', 'more'], 'no argument more'],
    [['register', '--registered'], '--registered belongs to check'],
  ] as const)('%j', async ([args, says]) => {
    const { code, out, err } = await run({}, ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  test('without an address is wrong configuration', async () => {
    const { code, err } = await run({}, 'check');
    expect(code).toBe(2);
    expect(err).toContain('SCHEMA_REGISTRY_URL is not set');
  });
});

describe('schemas on a real registry', () => {
  const server = useServer(() => registryServer({ own: true, secure: true }));
  const environment = (): Record<string, string> => ({
    SCHEMA_REGISTRY_URL: server().url,
    SCHEMA_REGISTRY_USERNAME: server().user?.name ?? '',
    SCHEMA_REGISTRY_PASSWORD: server().user?.password ?? '',
  });
  const subjects = Object.values(SUBJECTS);

  test('a schema that cannot follow fails the check with 4, and register registers nothing', async () => {
    const { url, user } = server();
    const { subject } = SUBJECTS.sepsisAlert;
    const schema = '{"type":"record","name":"SepsisAlert","fields":[{"name":"alertId","type":"bytes"}]}';
    const at = `${url}/subjects/${subject}`;
    expect(await ask(`${at}/versions`, { method: 'POST', json: { schema }, user })).toMatchObject({
      status: 200,
    });

    const check = await run(environment(), 'check');
    expect([check.code, check.err]).toEqual([4, '']);
    expect(check.out).toMatch(new RegExp(`^${subject} +incompatible {2}cannot read version 1: .`, 'm'));
    const register = await run(environment(), 'register');
    expect([register.code, register.out]).toEqual([4, '']);
    expect(register.err).toContain(`Nothing is registered. ${subject} refuses the schema`);
    expect(JSON.parse((await ask(`${url}/subjects`, { user })).body)).toEqual([subject]);

    await ask(at, { method: 'DELETE', user });
    await ask(`${at}?permanent=true`, { method: 'DELETE', user });
  });

  test('check finds nothing, register registers all and once, then check finds all', async () => {
    const empty = await run(environment(), 'check');
    expect([empty.code, empty.err]).toEqual([0, '']);
    expect(empty.out.match(/ {2}missing /g)).toHaveLength(subjects.length);
    expect(await run(environment(), 'check', '--registered')).toMatchObject({ code: 4 });

    const first = await run(environment(), 'register');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out.match(/ {2}registered {2}version 1, id \d+; compatibility BACKWARD/g)).toHaveLength(
      subjects.length,
    );
    const second = await run(environment(), 'register');
    expect(second.out.match(/ {2}unchanged {3}version 1, id \d+; compatibility BACKWARD$/gm)).toHaveLength(
      subjects.length,
    );
    const { code, out } = await run(environment(), 'check', '--registered');
    expect(code).toBe(0);
    expect(out.match(/ {2}identical /g)).toHaveLength(subjects.length);
  });

  test('a wrong password ends with 4 and says where to look', async () => {
    const { code, out, err } = await run({ ...environment(), SCHEMA_REGISTRY_PASSWORD: 'planted' }, 'check');
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain('SCHEMA_REGISTRY_PASSWORD');
    expect(err).not.toContain('planted');
  });
});
