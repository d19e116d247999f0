import { z } from 'zod';

const value = z.union([z.string(), z.number()]);

/** What is read of a parameter of a CloudFormation template. */
export const parameterFields = {
  Type: z.enum(['String', 'Number', 'CommaDelimitedList']),
  Default: value.optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(value).optional(),
  MinValue: z.number().optional(),
  MaxValue: z.number().optional(),
  MaxLength: z.number().optional(),
  ConstraintDescription: z.string().optional(),
};
