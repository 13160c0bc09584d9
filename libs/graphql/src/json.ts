import { GraphQLScalarType, Kind, type ValueNode } from './graphql.ts'

/** Plain JSON as an argument or an answer. What it may hold is the contract's business. */
export const json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => fromLiteral(node, variables ?? {}, 0),
})

function fromLiteral(node: ValueNode, variables: Readonly<Record<string, unknown>>, depth: number): unknown {
  if (depth > 32) throw new TypeError('JSON nests too deep')
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.VARIABLE:
      return variables[node.name.value]
    case Kind.LIST:
      return node.values.map((item) => fromLiteral(item, variables, depth + 1))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, fromLiteral(field.value, variables, depth + 1)]))
  }
}
