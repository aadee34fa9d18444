/** Message for new users: people of the sandbox, how to get a token, and example requests. */

/** @typedef {{ id: string, name: string, agency: unknown, roles?: unknown }} Person */

/** @param {string} url */
export async function welcomeMessage(url) {
  const reply = await fetch(`${url}/sandbox/people`);
  if (!reply.ok) return `\nReady: ${url}/docs (the sandbox did not list its people: ${reply.status})`;
  const body = /** @type {Person[] | { data: Person[] }} */ (await reply.json());
  const people = Array.isArray(body) ? body : body.data;
  const someone = people.find((person) => formatValue(person.roles).includes('coordinator')) ?? people[0];
  const rows = people.map((person) => [
    person.id,
    formatValue(person.name),
    formatValue(person.agency),
    formatValue(person.roles),
  ]);
  return [
    '',
    'People who can sign in to the sandbox (all fictitious):',
    '',
    ...formatTable(['id', 'name', 'agency', 'roles'], rows),
    '',
    'Get a token:',
    '',
    `  TOKEN=$(curl -s ${url}/sandbox/tokens -H 'content-type: application/json' \\`,
    `    -d '{"person":"${someone?.id}"}' | sed -E 's/.*"access_token" *: *"([^"]+)".*/\\1/')`,
    '',
    'Send requests:',
    '',
    ...['/v1/me', '/v1/cases?limit=3', '/v1/policy/matrix'].map(
      (path) => `  curl -s -H "authorization: Bearer $TOKEN" '${url}${path}'`,
    ),
    '',
    `Documentation: ${url}/docs    Stop: Ctrl-C`,
  ].join('\n');
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function formatValue(value) {
  if (Array.isArray(value)) return value.map(formatValue).join(', ');
  if (value && typeof value === 'object')
    return formatValue('name' in value ? value.name : Object.values(value).join(' '));
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function formatTable(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
