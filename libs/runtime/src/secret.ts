import { inspect } from 'node:util'
import { z } from 'zod'

/** A value that prints as `[secret]` wherever it lands: in logs, JSON, templates and the console. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

const secrets = new WeakSet<z.ZodType>()

/** The schema of a secret text, at least `min` characters long. Given by file or environment, never as an argument. */
export function secret(min = 1): z.ZodType<Secret, string> {
  const schema = z.string().min(min).max(8192).transform((value) => new Secret(value))
  secrets.add(schema)
  return schema
}

export const isSecret = (schema: z.ZodType): boolean => secrets.has(schema)
