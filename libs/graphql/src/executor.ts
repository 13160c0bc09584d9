import { execute, GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema } from './graphql.ts'
import { Refusal } from '@growr/contracts'
import { asRefusal, toGraphQLError, type ErrorLog } from './errors.ts'

type Variables = Readonly<Record<string, unknown>>

/** What runs documents over one schema and keeps those that it has parsed and validated, at most `limit` of them. */
export class Executor {
  readonly #documents = new Map<string, DocumentNode>()
  readonly #schema: GraphQLSchema
  readonly #limit: number
  readonly #log: ErrorLog

  constructor(schema: GraphQLSchema, options: { readonly limit?: number; readonly log?: ErrorLog } = {}) {
    this.#schema = schema
    this.#limit = options.limit ?? 1000
    this.#log = options.log ?? (() => {})
  }

  /** How many documents are kept. */
  get size(): number {
    return this.#documents.size
  }

  async run(query: string, variables: Variables | undefined, context: unknown, operationName?: string): Promise<{ data?: unknown; errors?: GraphQLError[] }> {
    const document = this.#document(query)
    if (Array.isArray(document)) return { errors: document }
    const result = await execute({ schema: this.#schema, document, variableValues: variables, contextValue: context, operationName })
    if (!result.errors) return result as { data?: unknown }
    return { data: result.data, errors: result.errors.map((error) => toGraphQLError(asRefusal(error, this.#log), { path: error.path })) }
  }

  #document(query: string): DocumentNode | GraphQLError[] {
    const known = this.#documents.get(query)
    if (known) {
      this.#documents.delete(query)
      this.#documents.set(query, known)
      return known
    }
    let document: DocumentNode
    try {
      document = parse(query, { maxTokens: 20_000, noLocation: true })
    } catch {
      return [toGraphQLError(new Refusal('QUERY_INVALID'))]
    }
    const errors = validate(this.#schema, document, undefined, { maxErrors: 5 })
    if (errors.length > 0) return errors.map(({ message }) => new GraphQLError(message, { extensions: { code: 'QUERY_INVALID' } }))
    this.#documents.set(query, document)
    if (this.#documents.size > this.#limit) this.#documents.delete(this.#documents.keys().next().value!)
    return document
  }
}
