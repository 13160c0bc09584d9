import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kind, parse, print, visit, type DefinitionNode, type DocumentNode } from './graphql.ts'

/** All `.graphql` files of a folder, in the order of their paths. */
export function readTypeDefs(folder: URL | string): string {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return ''
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.graphql')).sort()
  return files.map((file) => readFileSync(join(root, file), 'utf8').trim()).join('\n\n')
}

const link = parse(`extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible"])`)

/** The types that several groups answer with: added where a group names one. */
const shared = new Map(
  parse(`
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
`).definitions.map((definition): [string, DefinitionNode] => [nameOf(definition)!, definition]),
)

/**
 * What a group's own text means as a subgraph: linked to Federation 2, each service's `type Query` or `type Mutation` added to one,
 * and the shared types in their one form. Throws where a group words a shared type differently.
 */
export function toDocument(typeDefs: string): DocumentNode {
  const own: DefinitionNode[] = []
  for (const definition of parse(typeDefs, { noLocation: true }).definitions) {
    const common = shared.get(nameOf(definition) ?? '')
    if (!common) own.push(isRoot(definition) ? ({ ...definition, kind: Kind.OBJECT_TYPE_EXTENSION } as DefinitionNode) : definition)
    else if (fieldsOf(definition) !== fieldsOf(common)) throw new Error(`${nameOf(definition)} is a shared type: use it as it is`)
  }
  const named = new Set<string>()
  visit({ kind: Kind.DOCUMENT, definitions: own }, { NamedType: ({ name }) => void named.add(name.value) })
  const used = [...shared].filter(([name]) => named.has(name)).map(([, definition]) => definition)
  return { kind: Kind.DOCUMENT, definitions: [...link.definitions, ...used, ...own] }
}

function nameOf(definition: DefinitionNode): string | undefined {
  return 'name' in definition ? definition.name?.value : undefined
}

const isRoot = (definition: DefinitionNode): boolean => definition.kind === Kind.OBJECT_TYPE_DEFINITION && ['Query', 'Mutation'].includes(definition.name.value)

const fieldsOf = (definition: DefinitionNode): string =>
  'fields' in definition ? (definition.fields ?? []).map((field) => ('type' in field ? `${field.name.value}: ${print(field.type)}` : '')).join('\n') : ''
