import {
  CreateManagedPrefixList$,
  type CreateManagedPrefixListCommandInput,
  type CreateManagedPrefixListCommandOutput,
  GetManagedPrefixListEntries$,
  type GetManagedPrefixListEntriesCommandInput,
  type GetManagedPrefixListEntriesCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { blockText, parseBlock } from './address-block.ts';
import { required } from './input.ts';
import type { Networks, PrefixListRecord } from './network.ts';
import { makes, touches } from './permissions.ts';
import { setTags, tagsOnCreation } from './tags.ts';

const refuse = (message: string): never => {
  throw new AwsError('InvalidParameterValue', message);
};

/** The largest page of entries, and the most of one request (documented). */
const MAX_ENTRIES_PER_CALL = 100;

function entriesOf(input: CreateManagedPrefixListCommandInput, maxEntries: number): PrefixListRecord['entries'] {
  const { Entries = [], AddressFamily } = input;
  if (Entries.length > Math.min(maxEntries, MAX_ENTRIES_PER_CALL)) {
    refuse(`You have specified more entries (${Entries.length}) than the prefix list takes (${maxEntries}).`);
  }
  const family = AddressFamily === 'IPv6' ? 6 : 4;
  return Entries.map(({ Cidr, Description }) => {
    const block = parseBlock(Cidr ?? '');
    if (block?.family !== family) return refuse(`The CIDR block ${Cidr} is not valid for ${AddressFamily}.`);
    return { block, description: Description };
  });
}

/** Managed prefix lists of customers: as far as rules of security groups name them. */
export function prefixListOperations(networks: Networks, chance: Chance): readonly OperationDefinition[] {
  return [
    operation<CreateManagedPrefixListCommandInput, CreateManagedPrefixListCommandOutput>(CreateManagedPrefixList$, {
      writes: true,
      permissions: (input, context) =>
        makes(networks.of(context), 'CreateManagedPrefixList', 'prefix-list', input.TagSpecifications),
      run: (input, context) => {
        const network = networks.of(context);
        const name = required(input.PrefixListName, 'PrefixListName');
        const maxEntries = required(input.MaxEntries, 'MaxEntries');
        const family = required(input.AddressFamily, 'AddressFamily');
        if (name.length > 255 || name.startsWith('com.amazonaws')) {
          refuse(`Value (${name}) for parameter PrefixListName is invalid. Up to 255 characters, not com.amazonaws….`);
        }
        if (family !== 'IPv4' && family !== 'IPv6') refuse(`Value (${family}) for parameter AddressFamily is invalid.`);
        if (maxEntries < 1) refuse(`Value (${maxEntries}) for parameter MaxEntries is invalid.`);
        const tags = tagsOnCreation(['prefix-list'], input.TagSpecifications);
        const prefixListId = `pl-0${chance.hex(16)}`;
        network.prefixLists.set(prefixListId, { prefixListId, entries: entriesOf(input, maxEntries) });
        setTags(network, prefixListId, tags);
        return {
          PrefixList: {
            PrefixListId: prefixListId,
            PrefixListArn: network.arn('prefix-list', prefixListId),
            PrefixListName: name,
            AddressFamily: family,
            MaxEntries: maxEntries,
            OwnerId: network.account,
            State: 'create-in-progress',
            Version: 1,
            Tags: network.tagsOf(prefixListId),
          },
        };
      },
    }),
    operation<GetManagedPrefixListEntriesCommandInput, GetManagedPrefixListEntriesCommandOutput>(
      GetManagedPrefixListEntries$,
      {
        permissions: (input, context) =>
          touches(networks.of(context), 'GetManagedPrefixListEntries', [input.PrefixListId]),
        run: (input, context) => {
          const { entries } = networks.of(context).prefixList(required(input.PrefixListId, 'PrefixListId'));
          const { items, NextToken } = networks.page(entries, { MaxResults: MAX_ENTRIES_PER_CALL, ...input });
          return {
            Entries: items.map(({ block, description }) => ({
              Cidr: blockText(block),
              ...(description === undefined ? {} : { Description: description }),
            })),
            NextToken,
          };
        },
      },
    ),
  ];
}
