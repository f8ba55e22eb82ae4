type Environment = Readonly<Record<string, string | undefined>>;

/** An http or https address without a user; empty when it is none: that is added to `faults`. */
export function urlIn(environment: Environment, name: string, faults: string[]): string {
  const text = environment[name] ?? '';
  const wrong = (why: string): string => {
    faults.push(`${name} ${why}`);
    return '';
  };
  if (text === '') return wrong('is not set: give the address, such as https://ehr.example.org/fhir.');
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return wrong('is no http or https address: write it like https://ehr.example.org/fhir.');
  if (url.username !== '' || url.password !== '')
    return wrong('holds a user: give that in the variables for it.');
  if (url.hash !== '') return wrong('ends in a fragment: leave that away.');
  return url.href;
}

/** The same, as a base that paths are added to: without a slash at the end, and without a query. */
export function baseIn(environment: Environment, name: string, faults: string[]): string {
  const url = urlIn(environment, name, faults);
  if (url.includes('?')) faults.push(`${name} ends in a query: leave that away.`);
  return url.replace(/\/+$/, '');
}
