import { readdir, readFile } from 'node:fs/promises';

/** Every operation of an AWS client that is named in these source files, or in those of these folders, as an IAM action. */
export async function actionsIn(...folders: readonly string[]): Promise<ReadonlySet<string>> {
  const root = new URL('../../', import.meta.url);
  const files = await Promise.all(
    folders.map(async (folder) =>
      folder.endsWith('.ts')
        ? [new URL(folder, root)]
        : (await readdir(new URL(folder, root), { recursive: true })).map((file) => new URL(`${folder}/${file}`, root)),
    ),
  );
  const prefixes: Readonly<Record<string, string>> = {
    'client-route-53': 'route53',
    'client-eventbridge': 'events',
    'lib-dynamodb': 'dynamodb',
  };
  const actions = new Set<string>();
  for (const file of files.flat().filter(({ pathname }) => pathname.endsWith('.ts'))) {
    const text = await readFile(file, 'utf8');
    for (const [, imported = '', client = ''] of text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([^']+)'/g)) {
      for (const name of imported.split(',').map((part) => part.trim())) {
        const operation = /^(?:(\w+)Command|paginate(\w+))$/
          .exec(name)
          ?.slice(1)
          .find((match) => match !== undefined);
        if (operation === undefined) continue;
        const item =
          client === 'lib-dynamodb' && ['Get', 'BatchGet', 'Put', 'Update', 'Delete'].includes(operation) ? 'Item' : '';
        // A batch takes the permission of the single message (documented).
        const names: Readonly<Record<string, string>> = {
          Invoke: 'InvokeFunction',
          SendMessageBatch: 'SendMessage',
          // Documented: there is no permission of its own.
          HeadObject: 'GetObject',
        };
        const action = names[operation] ?? `${operation}${item}`;
        actions.add(`${prefixes[client] ?? client.replace('client-', '')}:${action}`);
      }
    }
  }
  return actions;
}
