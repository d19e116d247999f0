import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string().default('unknown') });

/** Folders of the npm packages in a bundle, relative to the root of the project. */
export function packageFolders({ inputs }: Pick<Metafile, 'inputs'>): readonly string[] {
  const folders = Object.keys(inputs).flatMap((file) => {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}

/**
 * The licences of the packages in a bundle, which their terms want beside the code: each text once, after the names of the
 * packages that it is for. `undefined`: the bundle has code of this project only.
 * @param root the folder of the project.
 */
export async function licensesOf(metafile: Pick<Metafile, 'inputs'>, root: string): Promise<string | undefined> {
  const packages = await Promise.all(
    packageFolders(metafile).map(async (folder) => {
      const { name, version, license } = manifestSchema.parse(
        JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
      );
      return { title: `${name}@${version} (${license})`, text: await licenseText(join(root, folder)) };
    }),
  );
  if (packages.length === 0) return undefined;
  const byText = Map.groupBy(packages, ({ text }) => text ?? 'The package has no file with the text of its licence.');
  return [...byText]
    .map(([text, some]) => `${some.map(({ title }) => title).join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenseText(folder: string): Promise<string | undefined> {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.length === 0 ? undefined : texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
}
