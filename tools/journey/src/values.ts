/** What a reference of a journey (`$project`, `$each.loan`, `$people.bea.user`) can reach. */
export interface Scope {
  /** The value of the first word; `undefined` where there is none. May wait, as for a message that is on its way. */
  resolve(path: readonly string[]): unknown
}

export class UnknownReference extends Error {
  readonly code = 'UNKNOWN_REFERENCE'
}

const reference = /^\$(organizations\.[^$]{1,80}|[A-Za-z][\w-]*(?:\.[\w-]+)*)$/

/** Puts values in the place of references, anywhere inside; `$$text` stands for the text `$text`. */
export async function substitute(value: unknown, scope: Scope): Promise<unknown> {
  if (typeof value === 'string') {
    if (value.startsWith('$$')) return value.slice(1)
    const match = reference.exec(value)
    if (!match) return value
    const found = await scope.resolve((match[1] as string).split('.'))
    if (found === undefined) throw new UnknownReference(`${value} stands for nothing yet: was it captured in an earlier step?`)
    return found
  }
  if (Array.isArray(value)) return Promise.all(value.map((element) => substitute(element, scope)))
  if (typeof value === 'object' && value !== null) {
    const pairs: [string, unknown][] = []
    for (const [key, inner] of Object.entries(value)) pairs.push([key, await substitute(inner, scope)])
    return Object.fromEntries(pairs)
  }
  return value
}

/** Every reference inside a value, as the words of its path. */
export function referencesIn(value: unknown): string[][] {
  if (typeof value === 'string') {
    const match = value.startsWith('$$') ? null : reference.exec(value)
    return match ? [(match[1] as string).split('.')] : []
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : []
}

/** The value at a dotted path of a result. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined), value)
}
