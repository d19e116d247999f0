import { type AppRunnerClient, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-apprunner';

/** Writes the tags of a service, and nothing else. Throws what AWS throws. */
export interface Tagger {
  set(serviceArn: string, tags: Readonly<Record<string, string>>): Promise<void>;
  remove(serviceArn: string, keys: readonly string[]): Promise<void>;
}

export function appRunnerTagger(appRunner: AppRunnerClient): Tagger {
  return {
    async set(serviceArn, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await appRunner.send(new TagResourceCommand({ ResourceArn: serviceArn, Tags }));
    },
    async remove(serviceArn, keys) {
      await appRunner.send(new UntagResourceCommand({ ResourceArn: serviceArn, TagKeys: [...keys] }));
    },
  };
}
