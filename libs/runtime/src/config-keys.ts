import { z } from 'zod'
import { isSecret } from './secret.ts'

/** One key that a configuration may have. */
export interface ConfigKey {
  readonly path: readonly string[]
  /** Its name in the environment: `api.maxDepth` is `GROWR_API_MAX_DEPTH`. */
  readonly env: string
  readonly kind: 'text' | 'number' | 'boolean' | 'list' | 'json'
  readonly secret: boolean
  /** What `.describe()` says of it. */
  readonly about: string
}

interface Unwrapped {
  readonly schema: z.ZodType
  readonly secret: boolean
  readonly about: string
}

/** Takes off optional, default, transform and the like, which say nothing about the form of what is given. */
function unwrap(outer: z.ZodType): Unwrapped {
  let schema = outer
  let secret = false
  let about = ''
  for (;;) {
    secret ||= isSecret(schema)
    about ||= schema.description ?? ''
    if (
      schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ||
      schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly || schema instanceof z.ZodCatch
    ) {
      schema = schema.unwrap() as z.ZodType
    } else if (schema instanceof z.ZodPipe) {
      schema = schema.in as z.ZodType
    } else {
      return { schema, secret, about }
    }
  }
}

function kindOf(schema: z.ZodType): ConfigKey['kind'] {
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodBigInt) return 'number'
  if (schema instanceof z.ZodBoolean) return 'boolean'
  if (schema instanceof z.ZodArray) return 'list'
  if (schema instanceof z.ZodRecord || schema instanceof z.ZodUnion || schema instanceof z.ZodTuple) return 'json'
  return 'text'
}

export const envName = (prefix: string, path: readonly string[]): string =>
  prefix + path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()).join('_')

/** The fields of an object schema; undefined where the schema is of another form. */
export function fieldsOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = unwrap(schema).schema
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : undefined
}

/** Every key that the schema knows, in its order; what a documentation of the configuration is made of. */
export function configKeys(schema: z.ZodType, prefix = 'GROWR_', path: readonly string[] = []): ConfigKey[] {
  const fields = fieldsOf(schema)
  if (fields) return Object.entries(fields).flatMap(([name, field]) => configKeys(field, prefix, [...path, name]))
  const { schema: leaf, secret, about } = unwrap(schema)
  return [{ path, env: envName(prefix, path), kind: kindOf(leaf), secret, about }]
}
