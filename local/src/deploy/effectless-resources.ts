import { checkBucketPolicy } from '../services/s3/bucket-policy.ts';
import { type Creation, type Lifecycle, overwritten, text } from './resource.ts';
import type { Created } from './stack.ts';

/** Types that a stack may have and that change nothing in the embedded cloud: they have a name, and that is all. */

const named = (
  property: string,
  attributes: (name: string, creation: Creation) => Created['attributes'] = () => ({}),
): Lifecycle =>
  overwritten(
    (creation) => {
      const reference = text(creation.properties[property]) ?? creation.generatedName;
      return { reference, attributes: attributes(reference, creation) };
    },
    { fixed: [property], remove: () => {} },
  );

/** Not evaluated, but S3 refuses what it cannot read. */
const bucketPolicy: Lifecycle = overwritten(
  ({ properties, generatedName }) => {
    checkBucketPolicy(text(properties.Bucket) ?? '', properties.PolicyDocument);
    return { reference: text(properties.Bucket) ?? generatedName, attributes: {} };
  },
  { fixed: ['Bucket'], remove: () => {} },
);

export const effectlessResources: Readonly<Record<string, Lifecycle>> = {
  'AWS::Logs::MetricFilter': named('FilterName'),
  'AWS::S3::BucketPolicy': bucketPolicy,
};
