import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse, type GraphQLSchema } from 'graphql'
import type { Contract } from '@growr/contracts'
import type { Resolver } from './field.ts'
import { json } from './json.ts'

/** One group's part of the API. */
export interface Subgraph {
  readonly name: string
  readonly typeDefs: string
  readonly schema: GraphQLSchema
}

export type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What every subgraph begins with, so that a group's own file holds its types and nothing else. */
export const prelude = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible"])

"Any JSON value: an object, a list, a text, a number."
scalar JSON

"Where a page of a list ends."
type PageInfo @shareable {
  hasNextPage: Boolean!
  "The cursor to go on from, as \`after\`."
  endCursor: String
}

"A document signed for somebody to keep: a compact JWS, with the DID that signed it."
type SignedDocument @shareable {
  type: String!
  signer: String!
  jws: String!
}

"It is done."
type Done @shareable {
  ok: Boolean!
}
`

/** All `.graphql` files of a folder, in the order of their paths. */
export function readTypeDefs(folder: URL | string): string {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return ''
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.graphql')).sort()
  return files.map((file) => readFileSync(join(root, file), 'utf8').trim()).join('\n\n')
}

/**
 * Builds a subgraph. Refuses one that would fail later, at a caller: a query or mutation without a resolver, an argument that its
 * action does not know, and an action's parameter that cannot be given.
 */
export function subgraph(options: { readonly name: string; readonly typeDefs: string; readonly resolvers: Resolvers }): Subgraph {
  const { name, typeDefs, resolvers } = options
  if (!/^[a-z][a-z0-9]*$/.test(name)) throw new Error(`${name} is no name of a subgraph`)
  const given = { ...resolvers, JSON: json }
  const schema = buildSubgraphSchema([{ typeDefs: parse(prelude + typeDefs), resolvers: given as never }])
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [fieldName, field] of Object.entries(type?.getFields() ?? {})) {
      if (fieldName === '_service' || fieldName === '_entities') continue
      const resolve = resolvers[type!.name]?.[fieldName]
      if (typeof resolve !== 'function') throw new Error(`${name}: ${type!.name}.${fieldName} has no resolver`)
      const { contract } = resolve as Resolver
      if (contract) checkArguments(`${name}: ${type!.name}.${fieldName}`, contract, new Set(field.args.map((arg) => arg.name)), type === schema.getMutationType())
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
