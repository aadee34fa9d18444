/** Assembles the files of the production image from the Dockerfile, without Docker. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tool } from './run.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const read = (/** @type {string} */ file) => fs.readFile(path.join(project, file), 'utf8');

/**
 * Builds or copies the files of the image's last stage into the folder. Node modules are those that `npm prune --omit=dev
 * --omit=optional` leaves, by the lock file.
 *
 * @param {string} folder
 */
export async function assembleImage(folder) {
  const [build = '', last = ''] = (await read('Dockerfile')).split(/^FROM /m).slice(1);
  const [, configuration] = /nest build --path (\S+)/.exec(build) ?? [];
  for (const [, source] of last.matchAll(/^COPY (?:--from=build \/srv\/wardmote\/)?(\S+) /gm))
    if (source === 'node_modules') await copyProductionModules(folder);
    else if (source === 'dist') await buildInto(path.join(folder, 'dist'), String(configuration));
    else await fs.cp(path.join(project, String(source)), path.join(folder, String(source)), { recursive: true });
}

/**
 * Runs the build of the image with another output folder.
 *
 * @param {string} outDir
 * @param {string} configuration
 */
async function buildInto(outDir, configuration) {
  const file = path.join(path.dirname(outDir), configuration);
  const options = { extends: path.join(project, configuration), compilerOptions: { outDir } };
  await fs.writeFile(file, JSON.stringify(options));
  await tool('nest build --path', path.relative(project, file));
  await fs.rm(file);
}

/** Names that the Dockerfile copies from the project and `.dockerignore` does not admit. */
export async function ignoredSources() {
  const admitted = new Set(
    (await read('.dockerignore')).split('\n').flatMap((line) => /^!(\S+)/.exec(line)?.[1] ?? []),
  );
  const sources = [...(await read('Dockerfile')).matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) =>
    String(names).split(' '),
  );
  return sources.filter((name) => !admitted.has(name.replace('./', '')));
}

/** Names of the variables that the compose file sets for the service. */
export async function variablesOfService() {
  const { 1: environment = '' } = /\n  service:[\s\S]*?\n    environment:\n((?:      .+\n)+)/.exec(
    await read('docker-compose.yml'),
  ) ?? { 1: '' };
  return [...environment.matchAll(/^ {6}(\w+):/gm)].map(([, name]) => String(name));
}

/** @param {string} folder */
async function copyProductionModules(folder) {
  /** @type {{ packages: Record<string, { dev?: boolean, optional?: boolean, devOptional?: boolean }> }} */
  const { packages } = JSON.parse(await read('package-lock.json'));
  for (const [name, { dev, optional, devOptional }] of Object.entries(packages)) {
    if (!name || dev || optional || devOptional) continue;
    const from = path.join(project, name);
    await fs.cp(from, path.join(folder, name), {
      recursive: true,
      filter: (file) => !path.relative(from, file).split(path.sep).includes('node_modules'),
    });
  }
}
