import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from './graphql.ts'
import { Refusal } from '@growr/contracts'

export interface Limits {
  /** Fields inside fields. */
  readonly depth: number
  readonly aliases: number
  /** Fields, each list counted as often as its page is long. */
  readonly cost: number
  /** Words and signs of a document, before it is read any further. */
  readonly tokens: number
}

export const defaultLimits: Limits = { depth: 12, aliases: 50, cost: 25_000, tokens: 4000 }

/** The introspection that explorers ask for nests by itself. */
const introspectionDepth = 20
/** How long a page is where nothing says so, and a list that has no pages. */
const defaultPage = 50
const plainList = 5

type Variables = Readonly<Record<string, unknown>>

export interface Weight {
  readonly depth: number
  readonly aliases: number
  readonly cost: number
  /** Whether other variables would give another weight. */
  readonly varies: boolean
}

/** Weighs an operation of a valid document; each fragment once, so that fragments within fragments cost no time. */
export function weigh(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables = {}): Weight {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const weighed = new Map<string, Part>()
  let varies = false

  const ofSet = (set: SelectionSetNode, type: GraphQLCompositeType | undefined): Part => {
    const total = { depth: 0, aliases: 0, cost: 0 }
    for (const selection of set.selections) {
      const weight = ofSelection(selection, type)
      total.depth = Math.max(total.depth, weight.depth)
      total.aliases += weight.aliases
      total.cost += weight.cost
    }
    return total
  }
  const ofSelection = (selection: SelectionNode, type: GraphQLCompositeType | undefined): Part => {
    if (selection.kind === Kind.FIELD) return ofField(selection, type)
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value)
    return ofSet(selection.selectionSet, narrowed(selection.typeCondition?.name.value, type))
  }
  const ofFragment = (name: string): Part => {
    const known = weighed.get(name)
    if (known) return known
    const fragment = fragments.get(name)
    if (!fragment) return { depth: 0, aliases: 0, cost: 0 }
    const weight = ofSet(fragment.selectionSet, narrowed(fragment.typeCondition.name.value, undefined))
    weighed.set(name, weight)
    return weight
  }
  const narrowed = (name: string | undefined, type: GraphQLCompositeType | undefined): GraphQLCompositeType | undefined => {
    const found = name === undefined ? type : schema.getType(name)
    return found && isCompositeType(found) ? found : undefined
  }
  const ofField = (node: FieldNode, parent: GraphQLCompositeType | undefined): Part => {
    const field = fieldOf(parent, node.name.value)
    const alias = node.alias ? 1 : 0
    if (!node.selectionSet || !field) return { depth: 1, aliases: alias, cost: 1 }
    const inner = getNamedType(field.type)
    const below = ofSet(node.selectionSet, isCompositeType(inner) ? inner : undefined)
    const introspects = node.name.value.startsWith('__')
    // What introspection nests is held to a limit of its own; beyond it, it counts as it stands.
    const depth = introspects && below.depth <= introspectionDepth ? 0 : below.depth
    return { depth: depth + 1, aliases: below.aliases + alias, cost: 1 + below.cost * (introspects ? 1 : pageOf(field, node, parent)) }
  }
  const fieldOf = (parent: GraphQLCompositeType | undefined, name: string): GraphQLField<unknown, unknown> | undefined => {
    for (const meta of [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef]) if (meta.name === name) return meta
    return parent && 'getFields' in parent ? parent.getFields()[name] : undefined
  }
  const pageOf = (field: GraphQLField<unknown, unknown>, node: FieldNode, parent: GraphQLCompositeType | undefined): number => {
    // A connection was counted as long as its page is; its edges are that page.
    if (parent?.name.endsWith('Connection')) return 1
    const first = field.args.find(({ name }) => name === 'first')
    if (!first) return isListType(getNullableType(field.type)) ? plainList : 1
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value
    varies ||= value?.kind === Kind.VARIABLE
    const given = value?.kind === Kind.INT ? Number(value.value) : value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
    const length = given ?? first.defaultValue
    return typeof length === 'number' && length > 0 ? length : defaultPage
  }
  const total = ofSet(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined)
  return { ...total, varies }
}

type Part = Omit<Weight, 'varies'>

/** Refuses what asks for too much at once: QUERY_TOO_DEEP, QUERY_TOO_COSTLY. */
export function checkWeight({ depth, aliases, cost }: Weight, limits: Limits): void {
  if (depth > limits.depth) throw new Refusal('QUERY_TOO_DEEP', { details: { depth, limit: limits.depth } })
  if (aliases > limits.aliases) throw new Refusal('QUERY_TOO_COSTLY', { details: { aliases, limit: limits.aliases } })
  if (cost > limits.cost) throw new Refusal('QUERY_TOO_COSTLY', { details: { cost, limit: limits.cost } })
}
