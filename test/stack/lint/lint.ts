import { conditionMistakes } from './conditions.ts';
import { formatMistakes } from './format.ts';
import { attributesOf, propertyMistakes } from './properties.ts';
import { referenceMistakes } from './references.ts';
import { serviceMistakes } from './service-rules.ts';
import { isJson } from './template.ts';

/**
 * What is wrong with a CloudFormation template, as `path: message`: against AWS's list of resource types, CloudFormation's
 * rules for templates, and what the services refuse. It needs neither network nor account.
 */
export function lint(template: unknown): readonly string[] {
  if (!isJson(template)) return ['the template is not an object'];
  const conditions = conditionMistakes(template);
  const mistakes = [
    ...formatMistakes(template),
    ...conditions,
    // Where a condition cannot be decided, nothing can be said of what depends on it.
    ...(conditions.length === 0 ? referenceMistakes(template, attributesOf) : []),
    ...propertyMistakes(template),
    ...serviceMistakes(template),
  ];
  return [...new Set(mistakes.map(({ path, message }) => `${path}: ${message}`))];
}
