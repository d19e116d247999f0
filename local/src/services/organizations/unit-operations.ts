import * as sdk from '@aws-sdk/client-organizations';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import type { Branch, Organization } from './organization.ts';
import type { Organizations } from './organizations.ts';
import { page } from './pages.ts';
import { onIds } from './permissions.ts';
import { constraint, invalidInput, missing } from './refusals.ts';

/** Documented: units below each other, the root not counted. */
const DEEPEST = 5;

/** Units, and who stands in whom. */
export function unitOperations(organizations: Organizations): readonly OperationDefinition[] {
  const options = () => ({ emptyFirst: organizations.world.switches.emptyFirstPages });

  const unitOf = (organization: Organization, id: string | undefined): Branch => {
    const node = organization.find(id);
    if (node?.kind !== 'unit') throw missing('OrganizationalUnitNotFoundException', 'an organizational unit');
    return node;
  };

  const described = (organization: Organization, unit: Branch): sdk.OrganizationalUnit => ({
    Id: unit.id,
    Arn: unit.arn,
    Name: unit.name,
    Path: organization.path(unit),
  });

  function checkName(organization: Organization, parentId: string | undefined, name: string): void {
    if (!/^.{1,128}$/s.test(name)) throw invalidInput('INVALID_PATTERN', 'You provided an invalid name.');
    const taken = organization.childrenOf(parentId ?? '').some((node) => node.kind === 'unit' && node.name === name);
    if (taken) {
      throw new AwsError('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.');
    }
  }

  return [
    operation<sdk.CreateOrganizationalUnitCommandInput, sdk.CreateOrganizationalUnitCommandOutput>(
      sdk.CreateOrganizationalUnit$,
      {
        writes: true,
        permissions: ({ ParentId }, context) => onIds(organizations, context, 'CreateOrganizationalUnit', ParentId),
        run: ({ ParentId, Name = '' }, { account }) => {
          const organization = organizations.managed(account);
          const parent = organization.branch(ParentId);
          checkName(organization, parent.id, Name);
          if (organization.lineage(parent).length > DEEPEST) {
            throw constraint(
              'OU_DEPTH_LIMIT_EXCEEDED',
              'You have exceeded the maximum depth of an organizational unit.',
            );
          }
          return { OrganizationalUnit: described(organization, organization.addUnit(parent, Name)) };
        },
      },
    ),

    operation<sdk.DescribeOrganizationalUnitCommandInput, sdk.DescribeOrganizationalUnitCommandOutput>(
      sdk.DescribeOrganizationalUnit$,
      {
        permissions: ({ OrganizationalUnitId }, context) =>
          onIds(organizations, context, 'DescribeOrganizationalUnit', OrganizationalUnitId),
        run: ({ OrganizationalUnitId }, { account }) => {
          const organization = organizations.readable(account);
          return { OrganizationalUnit: described(organization, unitOf(organization, OrganizationalUnitId)) };
        },
      },
    ),

    operation<sdk.UpdateOrganizationalUnitCommandInput, sdk.UpdateOrganizationalUnitCommandOutput>(
      sdk.UpdateOrganizationalUnit$,
      {
        writes: true,
        permissions: ({ OrganizationalUnitId }, context) =>
          onIds(organizations, context, 'UpdateOrganizationalUnit', OrganizationalUnitId),
        run: ({ OrganizationalUnitId, Name }, { account }) => {
          const organization = organizations.managed(account);
          const unit = unitOf(organization, OrganizationalUnitId);
          if (Name !== undefined && Name !== unit.name) {
            checkName(organization, unit.parentId, Name);
            unit.name = Name;
          }
          return { OrganizationalUnit: described(organization, unit) };
        },
      },
    ),

    operation<sdk.DeleteOrganizationalUnitCommandInput, sdk.DeleteOrganizationalUnitCommandOutput>(
      sdk.DeleteOrganizationalUnit$,
      {
        writes: true,
        permissions: ({ OrganizationalUnitId }, context) =>
          onIds(organizations, context, 'DeleteOrganizationalUnit', OrganizationalUnitId),
        run: ({ OrganizationalUnitId }, { account }) => {
          const organization = organizations.managed(account);
          const unit = unitOf(organization, OrganizationalUnitId);
          if (organization.childrenOf(unit.id).length > 0) {
            throw new AwsError(
              'OrganizationalUnitNotEmptyException',
              'The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.',
            );
          }
          organization.removeUnit(unit.id);
          return {};
        },
      },
    ),

    operation<sdk.ListOrganizationalUnitsForParentCommandInput, sdk.ListOrganizationalUnitsForParentCommandOutput>(
      sdk.ListOrganizationalUnitsForParent$,
      {
        permissions: ({ ParentId }, context) =>
          onIds(organizations, context, 'ListOrganizationalUnitsForParent', ParentId),
        run: (input, { account }) => {
          const organization = organizations.readable(account);
          const { id } = organization.branch(input.ParentId);
          const units = organization.childrenOf(id).filter((node) => node.kind !== 'account');
          const { items, next } = page(units, input, `ListOrganizationalUnitsForParent ${id}`, options());
          return { OrganizationalUnits: items.map((unit) => described(organization, unit)), ...next };
        },
      },
    ),

    operation<sdk.ListChildrenCommandInput, sdk.ListChildrenCommandOutput>(sdk.ListChildren$, {
      permissions: ({ ParentId }, context) => onIds(organizations, context, 'ListChildren', ParentId),
      run: (input, { account }) => {
        const organization = organizations.readable(account);
        const { id } = organization.branch(input.ParentId);
        const { ChildType: type } = input;
        if (type !== 'ACCOUNT' && type !== 'ORGANIZATIONAL_UNIT') {
          throw invalidInput('INVALID_ENUM', 'ChildType must be ACCOUNT or ORGANIZATIONAL_UNIT.');
        }
        const wanted = organization.childrenOf(id).filter((node) => (node.kind === 'account') === (type === 'ACCOUNT'));
        const { items, next } = page(wanted, input, `ListChildren ${type} ${id}`, options());
        return { Children: items.map((node) => ({ Id: node.id, Type: type })), ...next };
      },
    }),

    operation<sdk.ListParentsCommandInput, sdk.ListParentsCommandOutput>(sdk.ListParents$, {
      permissions: ({ ChildId }, context) => onIds(organizations, context, 'ListParents', ChildId),
      run: (input, { account }) => {
        const organization = organizations.readable(account);
        const child = organization.find(input.ChildId);
        if (child === undefined || child.kind === 'root') {
          throw missing('ChildNotFoundException', 'an organizational unit (OU) or account');
        }
        const parent = organization.branch(child.parentId);
        const { items, next } = page([parent], input, `ListParents ${child.id}`, options());
        const Parents = items.map(({ id, kind }) => ({
          Id: id,
          Type: kind === 'root' ? ('ROOT' as const) : ('ORGANIZATIONAL_UNIT' as const),
        }));
        return { Parents, ...next };
      },
    }),
  ];
}
