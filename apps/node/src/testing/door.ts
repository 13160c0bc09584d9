import { readFileSync } from 'node:fs'
import { buildSchema, getNamedType, isLeafType, isObjectType, type GraphQLField, type GraphQLOutputType, type GraphQLSchema } from 'graphql'

// The node's door as an application sees it: GraphQL over HTTP, nothing else.

export interface Session {
  readonly accessToken: string
  readonly refreshToken: string
  readonly user: string
  readonly role: string
  readonly organization: string | null
}

/** Somebody at the door; without a session a stranger. */
export interface Caller {
  session?: Session
}

export interface Failure {
  readonly message: string
  readonly extensions?: { readonly code?: string; readonly path?: string; readonly details?: Readonly<Record<string, unknown>> }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly Failure[]
}

/** A refusal that came through the door. */
export class Refused extends Error {
  readonly code: string
  readonly path: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(operation: string, failure: Failure) {
    const { code = 'without a code', path, details } = failure.extensions ?? {}
    super(`${operation}: ${code}${path === undefined ? '' : ` at ${path}`}: ${failure.message}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`)
    this.code = code
    this.path = path
    this.details = details
  }
}

const STRANGER: Caller = {}
// The directives of the federation are in the document itself.
const schema: GraphQLSchema = buildSchema(readFileSync(new URL('../../../access/supergraph.graphql', import.meta.url), 'utf8'), { assumeValidSDL: true, assumeValid: true })
const documents = new Map<string, string>()


/** The GraphQL API of a node at an address. */
export class Door {
  url: string

  constructor(url: string) {
    this.url = url
  }

  /** Sends a body as it is: for what no client would send. */
  async send(body: string, headers: Readonly<Record<string, string>> = {}, caller: Caller = STRANGER, method = 'POST', path = '/graphql'): Promise<Answer> {
    const token = caller.session?.accessToken
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(method === 'GET' ? {} : { body }),
    })
    const text = await response.text()
    const parsed = /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Partial<Answer>) : {}
    return { ...(typeof parsed === 'object' && parsed !== null ? parsed : {}), status: response.status, headers: response.headers, text }
  }

  gql(caller: Caller, query: string, variables: Readonly<Record<string, unknown>> = {}, options: { readonly requestId?: string } = {}): Promise<Answer> {
    return this.send(JSON.stringify({ query, variables }), options.requestId === undefined ? {} : { 'idempotency-key': options.requestId }, caller)
  }

  /** Performs a mutation or query by its name and gives all its fields; throws `Refused`. */
  async do<T = Record<string, string>>(caller: Caller, operation: string, args: Readonly<Record<string, unknown>> = {}, options: { readonly requestId?: string } = {}): Promise<T> {
    const { data, errors, status, text } = await this.gql(caller, documentFor(operation, Object.keys(args)), args, options)
    const [failure] = errors ?? []
    if (failure) throw new Refused(operation, failure)
    if (!data) throw new Error(`${operation}: HTTP ${status} ${text.slice(0, 300)}`)
    return data[operation] as T
  }
}

function documentFor(operation: string, args: readonly string[]): string {
  const key = `${operation} ${args.join(' ')}`
  const known = documents.get(key)
  if (known !== undefined) return known
  const mutation = schema.getMutationType()?.getFields()[operation]
  const field = mutation ?? schema.getQueryType()?.getFields()[operation]
  if (!field) throw new Error(`the API has no operation ${operation}`)
  const given = args.map((name) => [name, typeOf(field, name)] as const)
  const head = given.length === 0 ? '' : `(${given.map(([name, type]) => `$${name}: ${type}`).join(', ')})`
  const call = given.length === 0 ? '' : `(${given.map(([name]) => `${name}: $${name}`).join(', ')})`
  const document = `${mutation ? 'mutation' : 'query'}${head} { ${operation}${call} ${fieldsOf(field.type)} }`
  documents.set(key, document)
  return document
}

function typeOf(field: GraphQLField<unknown, unknown>, name: string): string {
  const arg = field.args.find((candidate) => candidate.name === name)
  if (!arg) throw new Error(`${field.name} takes no ${name}`)
  return String(arg.type)
}

function fieldsOf(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type)
  if (!isObjectType(named) || depth > 5) return ''
  const parts = Object.values(named.getFields()).map((field) => (isLeafType(getNamedType(field.type)) ? field.name : `${field.name} ${fieldsOf(field.type, depth + 1)}`))
  return `{ ${parts.join(' ')} }`
}

/** The code with which something is refused; fails where it is not. */
export async function refusal(work: Promise<unknown>): Promise<{ readonly code: string; readonly path?: string | undefined; readonly details?: unknown }> {
  try {
    await work
  } catch (error) {
    const { code, path, details } = error as { code?: unknown; path?: string; details?: unknown }
    if (typeof code === 'string') return { code, ...(path === undefined ? {} : { path }), ...(details === undefined ? {} : { details }) }
    throw error
  }
  throw new Error('it was not refused')
}
