import { describe, expect, test } from 'vitest';
import { recordChanges, recordsOf } from '../../../cli/deploy/record-changes.ts';

describe('the zones and names that a deployment changes', () => {
  test('are the items of the lists in the parameters, without spaces and empty items', () => {
    expect(recordsOf({ AllowedZones: 'Z1, Z2 ,', AllowedNames: '*.example.com' })).toEqual({
      zones: ['Z1', 'Z2'],
      names: ['*.example.com'],
    });
    expect(recordsOf({})).toEqual({ zones: [], names: [] });
  });

  test('are shown by what goes and what comes', () => {
    const before = { zones: ['Z1', 'Z2'], names: ['a.example.com'] };
    const after = { zones: ['Z2', 'Z3'], names: ['a.example.com', '*.example.org'] };
    expect(recordChanges(before, after)).toEqual([
      'AllowedZones: the stack can no longer write Z1.',
      'AllowedZones: the stack may now write Z3.',
      'AllowedNames: the stack may now write *.example.org.',
    ]);
  });

  test('are nothing where only the order differs', () => {
    const names: readonly string[] = ['a.example.com', 'b.example.com'];
    expect(recordChanges({ zones: ['Z1', 'Z2'], names }, { zones: ['Z2', 'Z1'], names })).toEqual([]);
  });

  test('are ten at most, and a count of the others', () => {
    const zones = Array.from({ length: 12 }, (_, at) => `Z${at}`);
    expect(recordChanges({ zones, names: [] }, { zones: [], names: [] })).toEqual([
      'AllowedZones: the stack can no longer write Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9 and 2 more.',
    ]);
    expect(recordChanges({ zones: zones.slice(0, 10), names: [] }, { zones: [], names: [] })[0]).not.toContain('more');
  });
});
