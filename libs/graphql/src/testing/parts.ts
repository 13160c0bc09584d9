import { z } from 'zod'
import { defineAction, Refusal, shapes, type Contract } from '@growr/contracts'
import type { GraphContext } from '../context.ts'
import { field, reference } from '../field.ts'
import { subgraph } from '../subgraph.ts'

// Two small subgraphs and the actions behind them, for the tests of this library.

const User = z.object({ id: z.string(), name: z.string() })
const Loan = z.object({ key: z.string(), amount: z.string(), borrower: z.string() })

export const me = defineAction({ name: 'user.me', kind: 'query', about: '', params: z.strictObject({}), result: User, access: { public: true } })
export const findUser = defineAction({ name: 'user.findById', kind: 'query', about: '', params: z.strictObject({ id: shapes.id }), result: User, access: { public: true } })
export const findLoan = defineAction({ name: 'loan.findByKey', kind: 'query', about: '', params: z.strictObject({ key: shapes.id }), result: Loan, access: { public: true } })
export const listLoans = defineAction({ name: 'loan.list', kind: 'query', about: '', params: z.strictObject({ ...shapes.page }), result: shapes.connection(Loan), access: { public: true } })
export const applyForLoan = defineAction({
  name: 'loan.applyForLoan',
  kind: 'mutation',
  about: '',
  params: z.strictObject({ amount: shapes.amount, note: z.string().optional(), claims: z.record(z.string(), z.json()).optional() }),
  result: Loan,
  access: { public: true },
})

export const identityDefs = `
type Query { me: User! user(id: ID!): User! }
type User @key(fields: "id") { id: ID! name: String! }
`
export const financingDefs = `
type Query { loan(key: ID!): Loan! loans(first: Int = 50, after: String): LoanConnection! }
type Mutation { applyForLoan(amount: String!, note: String, claims: JSON, requestId: ID): Loan! }
type Loan @key(fields: "key") { key: ID! amount: String! borrower: User! }
type LoanConnection { edges: [LoanEdge!]! pageInfo: PageInfo! totalCount: Int! }
type LoanEdge { cursor: String! node: Loan! }
type User @key(fields: "id", resolvable: false) { id: ID! }
`

const borrower = { borrower: (loan: { borrower: string }) => ({ id: loan.borrower }) }

export const identity = () =>
  subgraph({
    name: 'identity',
    typeDefs: identityDefs,
    resolvers: { Query: { me: field(me), user: field(findUser) }, User: { __resolveReference: reference(findUser, ({ id }: { id: string }) => ({ id })) } },
  })

export const financing = () =>
  subgraph({
    name: 'financing',
    typeDefs: financingDefs,
    resolvers: { Query: { loan: field(findLoan), loans: field(listLoans) }, Mutation: { applyForLoan: field(applyForLoan) }, Loan: borrower },
  })

export interface Called {
  readonly action: string
  readonly params: unknown
  readonly requestId: string | undefined
  readonly token: string | undefined
}

const loan = { key: 'l1', amount: '20000.00', borrower: 'bea' }

/** A context whose calls are written down and answered out of a few fixed records. */
export function context(calls: Called[], carried: Partial<GraphContext> = {}): GraphContext {
  const answer = (contract: Contract, params: Record<string, unknown>): unknown => {
    if (contract === me || contract === findUser) return { id: params['id'] ?? 'bea', name: 'Bea' }
    if (contract === findLoan && params['key'] === 'l1') return loan
    if (contract === findLoan && params['key'] === 'bug') throw new Error('secret')
    if (contract === findLoan && params['key'] === 'hole') return { key: 'hole', amount: null, borrower: 'bea' }
    if (contract === findLoan) throw new Refusal('NOT_FOUND', { path: 'key', details: { hint: 'x' } })
    if (contract === listLoans) return { edges: [{ cursor: 'c', node: loan }], pageInfo: { hasNextPage: false, endCursor: 'c' }, totalCount: 1 }
    return { ...loan, amount: params['amount'] }
  }
  return {
    traceId: 'trace-1',
    ...carried,
    call: (async (contract: Contract, params: Record<string, unknown>, options?: { requestId?: string }) => {
      calls.push({ action: contract.name, params, requestId: options?.requestId, token: carried.userToken })
      return answer(contract, params)
    }) as GraphContext['call'],
  }
}
