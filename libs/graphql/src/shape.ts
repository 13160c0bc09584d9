import {
  getNamedType, GraphQLError, isEnumType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, isSpecifiedScalarType, isUnionType, Kind,
  type FieldNode, type FragmentDefinitionNode, type GraphQLLeafType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema,
  type OperationDefinitionNode, type SelectionSetNode,
} from './graphql.ts'

/** Brings what the subgraphs gave into the form that the operation asks for. Null bubbles up as GraphQL says. */
export type Shape = (input: Readonly<Record<string, unknown>>, errors: GraphQLError[]) => Record<string, unknown> | null

type Path = (string | number)[]
type Fragments = Readonly<Record<string, FragmentDefinitionNode>>
/** Completes one value; `bubble` where null is not allowed and nothing else is there. */
type Complete = (value: unknown, path: Path, errors: GraphQLError[]) => unknown
const bubble = Symbol('null where there must be something')

/** Thrown where an operation has something that is left to Apollo: abstract types, conditions, introspection. */
export class NotPlain extends Error {}

/** Compiles an operation over object types; NotPlain for any other. */
export function compileShape(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments): Shape {
  const root = schema.getRootType(operation.operation)
  if (!root || operation.directives?.length) throw new NotPlain()
  const complete = compileObject(schema, root, [operation.selectionSet], fragments)
  return (input, errors) => {
    const data = complete(input, [], errors)
    return data === bubble ? null : (data as Record<string, unknown> | null)
  }
}

function compileObject(schema: GraphQLSchema, type: GraphQLObjectType, sets: readonly SelectionSetNode[], fragments: Fragments): Complete {
  const nodes = new Map<string, FieldNode[]>()
  for (const set of sets) collect(type, set, fragments, nodes)
  const fields = [...nodes].map(([key, same]): { key: string; complete: Complete | undefined } => {
    const name = same[0]!.name.value
    if (name === '__typename') return { key, complete: undefined }
    const field = type.getFields()[name]
    if (!field) throw new NotPlain()
    const inner = same.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []))
    const base = compileNamed(schema, field.type, inner, fragments, `${type.name}.${key}`)
    return { key, complete: compileType(field.type, base, `${type.name}.${key}`) }
  })
  return (value, path, errors) => {
    const input = value as Readonly<Record<string, unknown>>
    const output: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const { key, complete } of fields) {
      if (!complete) {
        output[key] = type.name
        continue
      }
      path.push(key)
      const completed = complete(Object.hasOwn(input, key) ? input[key] : null, path, errors)
      path.pop()
      if (completed === bubble) return bubble
      output[key] = completed
    }
    return output
  }
}

/** The fields of an object by the name under which they are answered. */
function collect(type: GraphQLObjectType, set: SelectionSetNode, fragments: Fragments, into: Map<string, FieldNode[]>): void {
  for (const selection of set.selections) {
    if (selection.directives?.length) throw new NotPlain()
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value
      // As the name of an answer it is allowed, and a trap for whoever writes it into an object.
      if (key === '__proto__') throw new NotPlain()
      const same = into.get(key)
      if (same) same.push(selection)
      else into.set(key, [selection])
      continue
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection
    if (!fragment || fragment.directives?.length) throw new NotPlain()
    if (fragment.typeCondition && fragment.typeCondition.name.value !== type.name) throw new NotPlain()
    collect(type, fragment.selectionSet, fragments, into)
  }
}

function compileNamed(schema: GraphQLSchema, type: GraphQLOutputType, sets: readonly SelectionSetNode[], fragments: Fragments, where: string): Complete {
  const named = getNamedType(type)
  if (isInterfaceType(named) || isUnionType(named)) throw new NotPlain()
  if (isLeafType(named)) return compileLeaf(named, where)
  if (!isObjectType(named)) throw new NotPlain()
  const complete = compileObject(schema, named, sets, fragments)
  return (value, path, errors) => {
    if (typeof value !== 'object' || Array.isArray(value)) return wrong(where, path, errors)
    return complete(value, path, errors)
  }
}

function compileLeaf(type: GraphQLLeafType, where: string): Complete {
  if (!isEnumType(type) && !isSpecifiedScalarType(type)) return (value) => value
  const fits: (value: unknown) => boolean = isEnumType(type)
    ? (value) => typeof value === 'string' && type.getValue(value) !== undefined
    : {
        ID: (value: unknown) => typeof value === 'string' || Number.isInteger(value),
        String: (value: unknown) => typeof value === 'string',
        Boolean: (value: unknown) => typeof value === 'boolean',
        Int: (value: unknown) => Number.isInteger(value),
        Float: (value: unknown) => Number.isFinite(value),
      }[type.name as 'ID']
  return (value, path, errors) => (fits(value) ? value : wrong(where, path, errors))
}

function compileType(type: GraphQLOutputType, base: Complete, where: string): Complete {
  if (isNonNullType(type)) {
    const inner = compileType(type.ofType, base, where)
    return (value, path, errors) => {
      const before = errors.length
      const completed = inner(value, path, errors)
      if (completed !== null && completed !== bubble) return completed
      if (completed === null && errors.length === before) misfit(`Cannot return null for non-nullable field ${where}.`, path, errors)
      return bubble
    }
  }
  if (isListType(type)) {
    const inner = compileType(type.ofType, base, where)
    return (value, path, errors) => {
      if (value === null || value === undefined) return null
      if (!Array.isArray(value)) return wrong(where, path, errors)
      let whole = true
      const list = value.map((item: unknown, index) => {
        path.push(index)
        const completed = inner(item, path, errors)
        path.pop()
        whole &&= completed !== bubble
        return completed
      })
      return whole ? list : null
    }
  }
  return (value, path, errors) => {
    if (value === null || value === undefined) return null
    const completed = base(value, path, errors)
    return completed === bubble ? null : completed
  }
}

function wrong(where: string, path: Path, errors: GraphQLError[]): null {
  misfit(`Invalid value found for field ${where}.`, path, errors)
  return null
}

function misfit(message: string, path: Path, errors: GraphQLError[]): void {
  errors.push(new GraphQLError(message, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } }))
}
