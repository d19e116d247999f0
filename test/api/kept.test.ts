import { describe, expect, it } from 'vitest';
import { keptBy } from '../../shared/api/kept.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';
import { SERVICE_ARN, service } from '../fixtures.ts';

const row = (heldBy: string | undefined): ServiceRow => ({
  ...{ ...initialState, serviceArn: SERVICE_ARN, generation: 1, seenGeneration: 1, token: undefined },
  ...{ updatedAt: 0, requests: [], heldBy },
});
const kept = (reason: string | undefined, heldBy?: string, of = true) =>
  keptBy(
    {
      killSwitch: async () => (reason === undefined ? undefined : { reason, isTransient: false }),
      store: { get: async () => row(heldBy) },
    },
    of ? service : undefined,
  );

describe('what the API accepts', () => {
  it('is done at once where nothing keeps it', async () => {
    expect(await kept(undefined)).toEqual({});
    expect(await kept(undefined, 'run-1', false)).toEqual({});
  });

  it('is kept while the kill switch is on, and says when it is done', async () => {
    expect(await kept('the kill switch /stack/kill-switch is on')).toEqual({
      waitsFor:
        'Kept, because the kill switch /stack/kill-switch is on. It is done at the first sweep after the switch is off, or when a reconciliation is requested then.',
    });
  });

  it('is kept while a held sweep holds the service', async () => {
    expect((await kept(undefined, 'run-1')).waitsFor).toMatch(/^Kept, because the sweep run-1 is held/);
  });
});
