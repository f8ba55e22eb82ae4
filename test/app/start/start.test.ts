import { describe, expect, test } from 'vitest';
import { TERMINAL } from '../../../app/console/ansi.ts';
import { START_HELP } from '../../../app/start/options.ts';
import { startCommand } from '../../../app/start/start.ts';
import { Paper, World } from './world.ts';

const ESCAPE = '\u001b';

describe('start', () => {
  test('--help tells the options and starts nothing', async () => {
    const world = new World(new Paper());
    expect(await startCommand(['--help'], world)).toBe(0);
    expect(world.stdout.text).toBe(START_HELP);
    for (const option of ['--once', '--hours', '--seed', '--patients', '--speed'])
      expect(START_HELP).toContain(option);
    expect(world.pace.sleeps).toBe(0);
  });

  test('a wrong option is an error of usage', async () => {
    await expect(startCommand(['--beds', '3'], new World(new Paper()))).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('a Kafka that is configured is refused, never ignored', async () => {
    const world = new World(new Paper());
    world.env['KAFKA_BOOTSTRAP_SERVERS'] = 'kafka:9092';
    await expect(startCommand(['--once'], world)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/^KAFKA_BOOTSTRAP_SERVERS [^\n]*in-memory demonstration only[^\n]*$/),
    });
    expect(world.stdout.text).toBe('');
  });

  test('--once ends by itself, with a summary', async () => {
    const world = new World(new Paper());
    expect(await startCommand(['--once', '--hours', '2'], world)).toBe(0);
    expect(world.pace.now()).toBeLessThan(31_000);
    expect(world.stdout.text).toMatch(/^Records +\d+ {2}\d+ used, \d+ ignored$/m);
    expect(world.stdout.text).toMatch(/^Pages +[1-9]\d* {2}would have been sent/m);
    expect(world.listeners).toEqual([]);
  });

  test('the first page comes within the first seconds', async () => {
    for (const seed of ['1', '2', '3']) {
      const world = new World(new Paper(), (_sleeps, { stdout }) => {
        if (stdout.text.includes(' page ')) world.interrupt();
      });
      expect(await startCommand(['--seed', seed], world)).toBe(0);
      expect(world.pace.now()).toBeLessThan(8_000);
    }
  });

  test('the same seed gives the same lines', async () => {
    const lines = async (seed: string): Promise<string[]> => {
      const world = new World(new Paper());
      await startCommand(['--once', '--hours', '2', '--seed', seed], world);
      return world.stdout.lines.filter((line) => line.startsWith('2026-')).sort();
    };
    const first = await lines('5');
    expect(first.length).toBeGreaterThan(3);
    expect(await lines('5')).toEqual(first);
    expect(await lines('6')).not.toEqual(first);
  });

  test('Ctrl-C ends an endless ward with the summary', async () => {
    const world = new World(new Paper(), (sleeps) => {
      if (sleeps === 50) world.interrupt();
    });
    expect(await startCommand([], world)).toBe(0);
    expect(world.pace.sleeps).toBe(50);
    expect(world.stdout.text).toMatch(/^Patients +\d+/m);
    expect(world.listeners).toEqual([]);
  });

  test('a second Ctrl-C does not wait', async () => {
    const world = new World(new Paper({ columns: 80, rows: 24 }), (sleeps) => {
      if (sleeps !== 20) return;
      world.interrupt();
      world.pace.pass(300);
      world.interrupt();
    });
    expect(await startCommand([], world)).toBe(5);
    expect(world.stdout.text.endsWith(TERMINAL.leave)).toBe(true);
  });

  test('one Ctrl-C that comes twice, from the terminal and from npm, is one', async () => {
    const world = new World(new Paper(), (sleeps) => {
      if (sleeps !== 20) return;
      world.interrupt();
      world.pace.pass(5);
      world.interrupt();
    });
    expect(await startCommand([], world)).toBe(0);
    expect(world.stdout.text).toMatch(/^Pages/m);
  });

  test('a reader who leaves ends the run', async () => {
    const world = new World(new Paper(), (sleeps, { stdout }) => {
      if (sleeps === 20) stdout.emit('error', new Error('EPIPE'));
    });
    expect(await startCommand([], world)).toBe(0);
    expect(world.pace.sleeps).toBe(20);
  });
});

describe('start on a terminal', () => {
  test('takes it over, follows its size, and gives it back before the summary', async () => {
    const world = new World(new Paper({ columns: 100, rows: 30 }), (sleeps, { stdout }) => {
      if (sleeps === 60) {
        stdout.columns = 60;
        stdout.rows = 20;
        stdout.emit('resize');
      }
      if (sleeps === 120) world.interrupt();
    });
    expect(await startCommand([], world)).toBe(0);
    const { text } = world.stdout;
    expect(text.startsWith(TERMINAL.enter)).toBe(true);
    const [screen = '', summary = ''] = text.split(TERMINAL.leave);
    expect(summary).toMatch(/^Ward time/);
    expect(summary).not.toContain(ESCAPE);
    const [wide = '', narrow = ''] = screen.slice(TERMINAL.enter.length).split(TERMINAL.clearAll);
    expect(wide).toContain(TERMINAL.line(30));
    expect(narrow).toContain(TERMINAL.line(20));
    expect(narrow).not.toContain(TERMINAL.line(21));
    // Four frames a second: 120 steps of 50 ms are 6 s.
    expect(text.split(TERMINAL.beginFrame).length - 1).toBeLessThanOrEqual(26);
    expect(world.stdout.listenerCount('resize')).toBe(0);
  });

  test('that understands nothing gets plain lines', async () => {
    const world = new World(new Paper({ columns: 80, rows: 24 }), (sleeps) => {
      if (sleeps === 30) world.interrupt();
    });
    world.env['TERM'] = 'dumb';
    expect(await startCommand([], world)).toBe(0);
    expect(world.stdout.text).not.toContain(ESCAPE);
  });
});
