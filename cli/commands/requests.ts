import type { CommandDefinition } from '../command.ts';
import { change, changeCommand } from './change.ts';

export const detachCommand: CommandDefinition = (run) =>
  changeCommand('detach', [
    { line: 'detach hello', does: 'remove its records, domains and connection' },
    { line: 'detach hello --wait', does: 'and watch until it is detached' },
  ])
    .summary('remove records, domains and connection of a service')
    .description(
      'Removes what the stack wrote for a service: records first, then domains, then the connection. The service stays private unless the parameter OnDetach is restore-public.',
    )
    .action((called, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/detach', { params: { path }, body: {} }),
      ),
    );

export const releaseCommand: CommandDefinition = (run) =>
  changeCommand('release', [{ line: 'release hello', does: 'leave it as it is and stop managing it' }])
    .summary('stop managing a service; delete nothing')
    .description('Stops managing a service. Deletes nothing and changes nothing again.')
    .action((called, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/release', { params: { path }, body: {} }),
      ),
    );

export const adoptCommand: CommandDefinition = (run) =>
  changeCommand('adopt', [
    { line: 'adopt hello hello.example.com', does: 'replace the existing record at hello.example.com' },
  ])
    .argument('<domain...>', 'domains of the service whose existing records to replace')
    .summary('replace existing records at domains of a service')
    .description(
      'Allows the stack to replace records at domains of the service that it did not write (findings record-foreign and ownership-lost). Records with a SetIdentifier are never replaced.',
    )
    .action((called, domains, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/adopt', { params: { path }, body: { domains } }),
      ),
    );

export const reconcileCommand: CommandDefinition = (run) =>
  changeCommand('reconcile', [
    { line: 'reconcile hello', does: 'reconcile it now, not at the next event or sweep' },
    { line: 'reconcile hello --wait', does: 'and watch until it is ready' },
  ])
    .summary('reconcile a service now')
    .description('Queues a reconciliation of one service, as an event does. Changes nothing else.')
    .action((called, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/reconcile', { params: { path }, body: {} }),
      ),
    );
