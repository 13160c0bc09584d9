import type { GraphQLResolveInfo } from './graphql.ts'
import type { Contract, Input, Result } from '@growr/contracts'
import type { GraphContext } from './context.ts'

type Args = Readonly<Record<string, unknown>>

export interface FieldMap<C extends Contract, P = unknown> {
  /** The action's parameters out of the arguments and the parent; as they are, if not given. */
  readonly params?: (args: Args, parent: P, context: GraphContext) => Input<C>
  /** What the field answers, out of the action's result; as it is, if not given. */
  readonly result?: (result: Result<C>, args: Args, parent: P) => unknown
}

export interface Resolver {
  (parent: never, args: Args, context: GraphContext, info: GraphQLResolveInfo): Promise<unknown>
  /** The action behind the field, where its parameters are the arguments as they are. */
  readonly contract?: Contract
}

/** A field that calls an action: its arguments are the parameters, a mutation's `requestId` (or the header) goes beside them. */
export function field<C extends Contract, P = unknown>(contract: C, map: FieldMap<C, P> = {}): Resolver {
  if (contract.internal) throw new Error(`${contract.name} belongs to the bus alone`)
  const resolve = async (parent: P, { requestId, ...given }: Args, context: GraphContext, info: GraphQLResolveInfo): Promise<unknown> => {
    const args = withoutNulls(given) as Args
    const params = map.params ? map.params(args, parent, context) : (args as Input<C>)
    const id = contract.kind === 'mutation' ? (typeof requestId === 'string' ? requestId : fromHeader(context, info)) : undefined
    const result = await context.call(contract, params, { requestId: id })
    return map.result ? map.result(result, args, parent) : result
  }
  return Object.assign(resolve as Resolver, map.params ? {} : { contract })
}

/** `__resolveReference` of an entity: reads it through an action, so that `_entities` asks for the same right. */
export function reference<C extends Contract, R>(contract: C, params: (reference: R) => Input<C>, result?: (found: Result<C>) => unknown) {
  return async (given: R, context: GraphContext): Promise<unknown> => {
    const found = await context.call(contract, params(given))
    return result ? result(found) : found
  }
}

/** One header stands for a whole document, so a field that is there under an alias, perhaps several times, adds it. */
function fromHeader({ idempotencyKey }: GraphContext, { path, fieldName }: GraphQLResolveInfo): string | undefined {
  return idempotencyKey === undefined || path.key === fieldName ? idempotencyKey : `${idempotencyKey}:${path.key}`
}

/** In GraphQL null is a way to leave an argument out; contracts know only one way. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  )
}
