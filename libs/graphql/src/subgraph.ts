import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLSchema } from './graphql.ts'
import type { Contract } from '@growr/contracts'
import type { Resolver } from './field.ts'
import { json } from './json.ts'
import { toDocument } from './typedefs.ts'

/** One group's part of the API. */
export interface Subgraph {
  readonly name: string
  readonly typeDefs: string
  readonly schema: GraphQLSchema
}

export type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Builds a subgraph. Refuses one that would fail later, at a caller: a query or mutation without a resolver, an argument that its
 * action does not know, and an action's parameter that cannot be given.
 */
export function subgraph(options: { readonly name: string; readonly typeDefs: string; readonly resolvers: Resolvers }): Subgraph {
  const { name, typeDefs, resolvers } = options
  if (!/^[a-z][a-z0-9]*$/.test(name)) throw new Error(`${name} is no name of a subgraph`)
  const document = toDocument(typeDefs)
  const usesJson = document.definitions.some((definition) => 'name' in definition && definition.name?.value === json.name)
  const schema = buildSubgraphSchema([{ typeDefs: document, resolvers: (usesJson ? { ...resolvers, [json.name]: json } : resolvers) as never }])
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [fieldName, field] of Object.entries(type?.getFields() ?? {})) {
      if (fieldName === '_service' || fieldName === '_entities') continue
      const resolve = resolvers[type!.name]?.[fieldName]
      if (typeof resolve !== 'function') throw new Error(`${name}: ${type!.name}.${fieldName} has no resolver`)
      const { contract } = resolve as Resolver
      const args = new Set(field.args.map((arg) => arg.name))
      if (contract) checkArguments(`${name}: ${type!.name}.${fieldName}`, contract, args, type === schema.getMutationType())
    }
  }
  return { name, typeDefs, schema }
}

function checkArguments(where: string, contract: Contract, args: ReadonlySet<string>, mutation: boolean): void {
  if ((contract.kind === 'mutation') !== mutation) throw new Error(`${where}: ${contract.name} is a ${contract.kind}`)
  const shape = (contract.params as { shape?: Record<string, { safeParse(value: unknown): { success: boolean } }> }).shape
  if (!shape) return
  for (const arg of args) {
    if (!(arg in shape) && !(mutation && arg === 'requestId')) throw new Error(`${where}: ${contract.name} has no parameter ${arg}`)
  }
  for (const [key, form] of Object.entries(shape)) {
    if (!args.has(key) && !form.safeParse(undefined).success) throw new Error(`${where}: ${contract.name} needs ${key}, which is no argument`)
  }
}
