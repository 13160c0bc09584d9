/** One operation of an API, as its own introspection tells it. */
export interface Operation {
  readonly name: string
  readonly kind: 'query' | 'mutation'
  /** Name of each argument with its type as GraphQL writes it. */
  readonly args: ReadonlyMap<string, string>
  /** The document that performs it, with everything in its result that needs no arguments. */
  document(given: readonly string[]): string
}

interface TypeRef {
  readonly kind: string
  readonly name: string | null
  readonly ofType: TypeRef | null
}
interface Argument {
  readonly name: string
  readonly defaultValue: string | null
  readonly type: TypeRef
}
interface Field {
  readonly name: string
  readonly args: readonly Argument[]
  readonly type: TypeRef
}
interface Type {
  readonly kind: string
  readonly name: string
  readonly fields: readonly Field[] | null
}
export interface Introspection {
  readonly __schema: { readonly queryType: { readonly name: string }; readonly mutationType: { readonly name: string } | null; readonly types: readonly Type[] }
}

const REFERENCE = 'kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }'

/** What an API is asked for its operations. */
export const INTROSPECTION = `query Operations {
  __schema {
    queryType { name }
    mutationType { name }
    types { kind name fields { name args { name defaultValue type { ${REFERENCE} } } type { ${REFERENCE} } } }
  }
}`

const DEEPEST = 6

/** The operations of an API by kind and name. */
export class Operations {
  readonly #types: ReadonlyMap<string, Type>
  readonly #roots: Readonly<Record<Operation['kind'], string | undefined>>

  constructor({ __schema }: Introspection) {
    this.#types = new Map(__schema.types.map((type) => [type.name, type]))
    this.#roots = { query: __schema.queryType.name, mutation: __schema.mutationType?.name }
  }

  names(kind: Operation['kind']): readonly string[] {
    return this.#fieldsOf(this.#roots[kind]).map(({ name }) => name).toSorted()
  }

  find(kind: Operation['kind'], name: string): Operation | undefined {
    const field = this.#fieldsOf(this.#roots[kind]).find((candidate) => candidate.name === name)
    if (!field) return undefined
    const args = new Map(field.args.map((arg) => [arg.name, written(arg.type)]))
    return {
      name,
      kind,
      args,
      document: (given) => {
        const used = [...args].filter(([arg]) => given.includes(arg))
        const declared = used.map(([arg, type]) => `$${arg}: ${type}`).join(', ')
        const passed = used.map(([arg]) => `${arg}: $${arg}`).join(', ')
        const selection = this.#selection(named(field.type), [])
        return `${kind} ${name}${declared ? `(${declared})` : ''} { ${name}${passed ? `(${passed})` : ''}${selection} }`
      },
    }
  }

  #fieldsOf(type: string | undefined): readonly Field[] {
    return (type === undefined ? undefined : this.#types.get(type)?.fields) ?? []
  }

  /** All that can be had without arguments; a type within itself, and what lies too deep, is left out. */
  #selection(name: string, above: readonly string[]): string {
    const type = this.#types.get(name)
    if (!type || type.kind === 'SCALAR' || type.kind === 'ENUM') return ''
    const fields = (type.fields ?? []).flatMap((field) => {
      if (field.args.some((arg) => arg.type.kind === 'NON_NULL' && arg.defaultValue === null)) return []
      const inner = named(field.type)
      const composite = (this.#types.get(inner)?.fields ?? null) !== null
      if (composite && (above.length >= DEEPEST || inner === name || above.includes(inner))) return []
      return [`${field.name}${this.#selection(inner, [...above, name])}`]
    })
    return fields.length === 0 ? ' { __typename }' : ` { ${fields.join(' ')} }`
  }
}

function named(type: TypeRef): string {
  return type.ofType ? named(type.ofType) : (type.name ?? '')
}

function written(type: TypeRef): string {
  if (type.kind === 'NON_NULL' && type.ofType) return `${written(type.ofType)}!`
  if (type.kind === 'LIST' && type.ofType) return `[${written(type.ofType)}]`
  return type.name ?? ''
}
