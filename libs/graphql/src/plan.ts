import type { GatewayConfig, GraphQLDataSource } from '@apollo/gateway'
import { getVariableValues, GraphQLError, isObjectType, type FragmentDefinitionNode, type GraphQLFormattedError, type GraphQLSchema, type OperationDefinitionNode } from './graphql.ts'
import { compileShape, NotPlain } from './shape.ts'

type Resolved = Parameters<NonNullable<GatewayConfig['experimental_didResolveQueryPlan']>>[0]
type Node = NonNullable<Resolved['queryPlan']['node']>
type FetchNode = Extract<Node, { kind: 'Fetch' }>
type Requires = NonNullable<FetchNode['requires']>
type RequestContext = Resolved['requestContext']
type Result = { data?: Record<string, unknown> | null; errors?: GraphQLError[]; extensions?: Record<string, unknown> }
type Record_ = Record<string, unknown>

/** The subgraphs by name. */
export type Sources = Readonly<Record<string, GraphQLDataSource>>
/** The operation that is asked for, with the fragments of its document. */
interface Asked {
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
}

/** Runs one operation by its plan. */
export type Run = (request: RequestContext) => Promise<Result>

type Place = readonly (string | number)[]

/** Where a step works: at the root, or at the objects under a path. */
interface Cursor {
  readonly path: readonly (string | number)[]
  readonly objects: readonly Record_[]
  readonly root: Record_
}
interface State {
  readonly request: RequestContext
  readonly errors: GraphQLError[]
}
type Step = (cursor: Cursor, state: State) => Promise<void>

/**
 * Compiles a plan that Apollo's planner made, so that an operation that comes again costs little more than its subgraphs do: Apollo's
 * own executor builds the operation and its types anew for each request. Undefined for what is left to that executor: conditions,
 * abstract types, rewrites, introspection.
 */
export function compilePlan(plan: Resolved['queryPlan'], schema: GraphQLSchema, sources: Sources, { operation, fragments }: Asked): Run | undefined {
  try {
    if (!plan.node) return undefined
    const step = compile(plan.node, schema, sources)
    const shape = compileShape(schema, operation, fragments)
    const definitions = operation.variableDefinitions ?? []
    return async (request) => {
      if (definitions.length > 0) {
        const { errors } = getVariableValues(schema, definitions, request.request.variables ?? {})
        if (errors) return { errors: [...errors] }
      }
      const root = Object.create(null) as Record_
      const errors: GraphQLError[] = []
      await step({ path: [], objects: [root], root }, { request, errors })
      const misfits: GraphQLError[] = []
      const data = shape(root, misfits)
      if (errors.length > 0) return { errors, data }
      return misfits.length > 0 ? { data, extensions: { valueCompletion: misfits } } : { data }
    }
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

function compile(node: Node, schema: GraphQLSchema, sources: Sources): Step {
  switch (node.kind) {
    case 'Sequence': {
      const steps = node.nodes.map((each) => compile(each, schema, sources))
      return async (cursor, state) => {
        for (const step of steps) await step(cursor, state)
      }
    }
    case 'Parallel': {
      const steps = node.nodes.map((each) => compile(each, schema, sources))
      return async (cursor, state) => {
        await Promise.all(steps.map((step) => step(cursor, state)))
      }
    }
    case 'Flatten': {
      const { path } = node
      const step = compile(node.node, schema, sources)
      return async (cursor, state) => {
        const objects: Record_[] = []
        for (const object of cursor.objects) reach(object, path, 0, objects)
        if (objects.length > 0) await step({ path: [...cursor.path, ...path], objects, root: cursor.root }, state)
      }
    }
    case 'Fetch':
      return compileFetch(node, schema, sources)
    default:
      throw new NotPlain()
  }
}

function compileFetch(node: FetchNode, schema: GraphQLSchema, sources: Sources): Step {
  const source = sources[node.serviceName]
  if (!source || node.inputRewrites?.length || node.outputRewrites?.length || node.contextRewrites?.length) throw new NotPlain()
  const { operation: query, operationName, requires, variableUsages = [] } = node
  if (requires) checkPlain(requires, schema)

  const ask = async (variables: Record_, { request }: State) =>
    source.process({
      // The constant enumeration of the library, by its value.
      kind: 'incoming operation' as never,
      request: { query, variables, ...(operationName === undefined ? {} : { operationName }) },
      incomingRequestContext: request,
      context: request.context,
    })
  const variablesOf = ({ request }: State): Record_ => {
    const variables = Object.create(null) as Record_
    const given = (request.request.variables ?? {}) as Record_
    for (const name of variableUsages) if (Object.hasOwn(given, name) && given[name] !== undefined) variables[name] = given[name]
    return variables
  }

  if (!requires) {
    return async (cursor, state) => {
      const { data, errors } = await ask(variablesOf(state), state)
      for (const error of errors ?? []) state.errors.push(told(error, node.serviceName, error.path && [...cursor.path, ...error.path]))
      for (const object of cursor.objects) merge(object, data as Record_ | null)
    }
  }
  return async (cursor, state) => {
    const representations: Record_[] = []
    const represented: Record_[] = []
    for (const object of cursor.objects) {
      const representation = select(object, requires)
      if (!representation || !representation['__typename']) continue
      representations.push(representation)
      represented.push(object)
    }
    if (representations.length === 0) return
    const { data, errors } = await ask(Object.assign(variablesOf(state), { representations }), state)
    for (const error of errors ?? []) state.errors.push(told(error, node.serviceName, entityPath(error.path, cursor, represented)))
    const received = (data as { _entities?: unknown } | null | undefined)?._entities
    if (!data) return
    if (!Array.isArray(received) || received.length !== representations.length) {
      state.errors.push(new GraphQLError(`${node.serviceName} did not answer for each entity`))
      return
    }
    for (const [index, object] of represented.entries()) merge(object, received[index] as Record_ | null)
  }
}

/** All objects under a path; `@` stands for each item of a list. */
function reach(value: unknown, path: readonly (string | number)[], at: number, into: Record_[]): void {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    const next = path[at] === '@' ? at + 1 : at
    for (const item of value) reach(item, path, next, into)
  } else if (at === path.length) into.push(value as Record_)
  else reach((value as Record_)[path[at]!], path, at + 1, into)
}

/** Only what names object types, so that a type name alone decides. */
function checkPlain(selections: Requires, schema: GraphQLSchema): void {
  for (const selection of selections) {
    const condition = selection.kind === 'InlineFragment' ? selection.typeCondition : undefined
    if (condition !== undefined && !isObjectType(schema.getType(condition))) throw new NotPlain()
    if (selection.selections) checkPlain(selection.selections, schema)
  }
}

/** What a subgraph needs to know an entity again; null where something of it is not there. */
function select(source: Record_, selections: Requires): Record_ | null {
  const result = Object.create(null) as Record_
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (selection.typeCondition === undefined || source['__typename'] !== selection.typeCondition) continue
      merge(result, select(source, selection.selections))
      continue
    }
    const key = selection.alias ?? selection.name
    if (!Object.hasOwn(source, key) || source[key] === undefined) return null
    const value = source[key]
    const inner = selection.selections
    if (!inner || value === null) result[key] = value
    else if (Array.isArray(value)) result[key] = value.map((item: unknown) => (item === null ? null : select(item as Record_, inner)))
    else result[key] = select(value as Record_, inner)
  }
  return result
}

const isObject = (value: unknown): value is Record_ => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Adds what a subgraph gave to what others gave before, field by field. */
export function merge(target: Record_, source: Record_ | null | undefined): void {
  if (source === null || source === undefined) return
  for (const key of Object.keys(source)) {
    const value = source[key]
    if (value === undefined || key === '__proto__') continue
    const known = Object.hasOwn(target, key) ? target[key] : undefined
    if (isObject(known) && isObject(value)) merge(known, value)
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
      for (const [index, item] of value.entries()) {
        if (isObject(known[index]) && isObject(item)) merge(known[index], item)
        else known[index] = item
      }
    } else target[key] = value
  }
}

function told(error: GraphQLFormattedError, serviceName: string, path: Place | undefined): GraphQLError {
  return new GraphQLError(error.message, { path, originalError: error instanceof Error ? error : null, extensions: { ...error.extensions, serviceName } })
}

/** Where in the answer an entity's error belongs: found by looking for the entity, since errors are rare. */
function entityPath(path: Place | undefined, cursor: Cursor, represented: readonly Record_[]): Place | undefined {
  if (!path) return undefined
  if (path[0] !== '_entities' || typeof path[1] !== 'number') return [...cursor.path, ...path]
  const wanted = represented[path[1]]
  const place = (value: unknown, at: number, walked: Place): Place | undefined => {
    if (value === null || value === undefined) return undefined
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const found = place(item, cursor.path[at] === '@' ? at + 1 : at, [...walked, index])
        if (found) return found
      }
      return undefined
    }
    if (at === cursor.path.length) return value === wanted ? walked : undefined
    return place((value as Record_)[cursor.path[at]!], at + 1, [...walked, cursor.path[at]!])
  }
  return [...(place(cursor.root, 0, []) ?? []), ...path.slice(2)]
}
