import type { CommandDefinition } from '../command.ts';
import { change, changeCommand } from './change.ts';

export const detachCommand: CommandDefinition = (run) =>
  changeCommand('detach', [
    { line: 'detach hello', does: 'take back its records, domains and connection' },
    { line: 'detach hello --wait', does: 'and watch until that is done' },
  ])
    .summary('undo what was done for a service: records, domains, connection')
    .description(
      'Takes back what was done for a service, in the order in which nothing is cut too early: records, domains, connection. The service itself stays private, unless the stack says OnDetach: restore-public.',
    )
    .action((called, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/detach', { params: { path }, body: {} }),
      ),
    );

export const releaseCommand: CommandDefinition = (run) =>
  changeCommand('release', [{ line: 'release hello', does: 'leave it as it is, and never touch it again' }])
    .summary('stop managing a service; delete nothing')
    .description('Stops managing a service. Nothing is deleted, and nothing is touched again.')
    .action((called, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/release', { params: { path }, body: {} }),
      ),
    );

export const adoptCommand: CommandDefinition = (run) =>
  changeCommand('adopt', [
    { line: 'adopt hello hello.example.com', does: 'replace the record that somebody else wrote at hello.example.com' },
  ])
    .argument('<domain...>', 'domains of the service whose standing records are taken over')
    .summary('take over records that somebody else wrote for domains of a service')
    .description(
      'Lets the loop replace records that stand at domains of the service and that it did not write (findings record-foreign and ownership-lost). Records with a SetIdentifier are never taken over.',
    )
    .action((called, domains, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/adopt', { params: { path }, body: { domains } }),
      ),
    );

export const reconcileCommand: CommandDefinition = (run) =>
  changeCommand('reconcile', [
    { line: 'reconcile hello', does: 'look at it now, and not at the next event or sweep' },
    { line: 'reconcile hello --wait', does: 'and watch until nothing is left to do' },
  ])
    .summary('look at a service now')
    .description('Wakes the loop for one service, as an event would. Nothing else is changed.')
    .action((called, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/reconcile', { params: { path }, body: {} }),
      ),
    );
