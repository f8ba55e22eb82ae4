import { fileURLToPath } from 'node:url';
import { cached, recipeAt } from './cache.ts';
import { fetchWith } from './run-program.ts';

/**
 * The folder of the libraries that a pom lists, fetched with Maven the first time.
 * Throws `tool-missing` without Maven, `download-failed` when Maven reaches nothing; `what` says what they are for.
 */
export function mavenLibraries(
  name: string,
  pom: URL,
  what: string,
  progress: (line: string) => void,
): Promise<string> {
  const fill = async (folder: string): Promise<void> => {
    const args = ['-B', '-ntp', '-q', '-f', fileURLToPath(pom), 'dependency:copy-dependencies'];
    const where = ['-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
    await fetchWith('mvn', [...args, ...where], { for: what });
  };
  return cached(name, recipeAt(pom), fill, progress);
}
