import type { Command } from './command.ts';

const NAME = 'sepsis-streams';

/** The commands, a line each. */
export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `${NAME}: real-time sepsis screening on Kafka and FHIR. It screens, it does not diagnose; not a medical device.`,
    '',
    `Usage: ${NAME} COMMAND [options]`,
    '',
    'Commands',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `${NAME} COMMAND --help tells the options of a command; ${NAME} --version the version.`,
    'Exit codes: 0 done, 1 a bug, 2 wrong usage or configuration, 3 input unreadable or without FHIR,',
    '4 a dependency or a right refused, 5 stopped by a time-out or a signal.',
    '',
  ].join('\n');
}
