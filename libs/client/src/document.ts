import { operations, type Operation, type Operations } from './operations.ts'

export type OperationName = keyof Operations & string

export interface KnownOperation extends Operation {
  readonly name: OperationName
  /** The GraphQL document that performs it with these arguments, and with what it holds by default unless a selection says otherwise. */
  document(given: readonly string[], selection?: string): string
}

/** What the API calls an operation; undefined where it has none of that name. */
export function operationOf(name: string): KnownOperation | undefined {
  if (!Object.hasOwn(operations, name)) return undefined
  const operation: Operation = operations[name as OperationName]
  return {
    ...operation,
    name: name as OperationName,
    document(given, selection = operation.selection) {
      const unknown = given.find((arg) => !Object.hasOwn(operation.args, arg))
      if (unknown !== undefined) throw new TypeError(`${name} takes no ${unknown}: it takes ${Object.keys(operation.args).join(', ') || 'nothing'}`)
      const variables = given.map((arg) => `$${arg}: ${operation.args[arg]}`).join(', ')
      const args = given.map((arg) => `${arg}: $${arg}`).join(', ')
      return `${operation.kind} ${name}${variables && `(${variables})`} { ${name}${args && `(${args})`} ${selection} }`.trim()
    },
  }
}
