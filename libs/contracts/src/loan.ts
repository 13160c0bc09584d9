import { z } from 'zod'
import { defineAction } from './define.ts'
import { schedule } from './project.ts'
import { amount, connection, date, id, instant, page, percent, signed } from './shapes.ts'
import { Loan, loanStatus, parties, staff } from './loan-shapes.ts'

export { Instalment, Loan, loanStatus } from './loan-shapes.ts'
export * from './loan-work.ts'

export const Offer = z.object({ project: id, name: z.string(), currency: z.string(), type: z.string(), schedule, minAmount: amount, maxAmount: amount, minMonths: z.number().int(), maxMonths: z.number().int(), interestRate: percent, disbursementFee: percent, cashBackRate: percent, riskDepositRate: percent, gracePeriod: z.number().int(), coolingOffDays: z.number().int(), requires: z.array(z.string()), missing: z.array(z.string()) })

export const findOffers = defineAction({
  name: 'loan.findOffers',
  kind: 'query',
  about: 'Which projects of the borrower\'s organizations lend now, on which terms, and which credentials are still missing.',
  params: z.strictObject({}),
  result: z.array(Offer),
  access: { users: { BORROWER: 'own' } },
})

export const applyForLoan = defineAction({
  name: 'loan.applyForLoan',
  kind: 'mutation',
  about: 'Applies: presents what the project requires (or takes a presentation that answers a challenge), verifies, and reserves the money.',
  params: z.strictObject({
    project: id,
    amount,
    months: z.number().int().min(1).max(600),
    presentation: z.string().max(262_144).optional(),
    challenge: z.string().min(16).max(128).optional(),
  }),
  result: Loan,
  access: { users: { BORROWER: 'own' } },
})

export const LoanContract = z.object({ loan: id, digest: z.string(), document: z.record(z.string(), z.unknown()), signatures: z.array(signed) })

export const getContract = defineAction({
  name: 'loan.getContract',
  kind: 'query',
  about: 'The contract of a loan: what is signed, with its digest.',
  params: z.strictObject({ loan: id }),
  result: LoanContract,
  access: { users: parties },
})

export const signLoan = defineAction({
  name: 'loan.signLoan',
  kind: 'mutation',
  about: 'The borrower signs the contract that was read (its digest) with the key of the own DID; where the project requires it, after the key facts (their digest).',
  params: z.strictObject({ loan: id, digest: z.string().max(100).optional(), keyFacts: z.string().max(100).optional() }),
  result: Loan,
  access: { users: { BORROWER: 'own' } },
})

export const updateLoan = defineAction({
  name: 'loan.updateLoan',
  kind: 'mutation',
  internal: true,
  about: 'Brings a loan up to a fact of the Payment book, which it reads: disbursed, instalment paid, overpayment returned, and whatever of that was reversed.',
  params: z.strictObject({ organization: id, payment: id, seq: z.number().int().min(0) }),
  /** `refused`: the loan does not take it, for this reason; the Payment book keeps the money in suspense. */
  result: z.object({ taken: z.boolean(), refused: z.string().nullable() }),
  access: { services: ['payment'] },
})

export const findByKey = defineAction({
  name: 'loan.findByKey',
  kind: 'query',
  about: 'A loan by its key.',
  params: z.strictObject({ key: id }),
  result: Loan,
  access: { users: parties, services: ['payment'] },
})

export const findByProject = defineAction({
  name: 'loan.findByProject',
  kind: 'query',
  about: 'The loans of a project. An investor in the project sees them without the borrowers.',
  params: z.strictObject({ project: id, status: loanStatus.optional(), ...page }),
  result: connection(Loan),
  access: { users: { ...staff, INVESTOR: 'own' } },
})

export const findByOrganization = defineAction({
  name: 'loan.findByOrganization',
  kind: 'query',
  about: 'The loans of an organization.',
  params: z.strictObject({ organization: id, status: loanStatus.optional(), ...page }),
  result: connection(Loan),
  access: { users: staff },
})

export const findByUser = defineAction({
  name: 'loan.findByUser',
  kind: 'query',
  about: 'The loans of a borrower.',
  params: z.strictObject({ user: id.optional(), ...page }),
  result: connection(Loan),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization', BORROWER: 'own' } },
})

export const LoanEvent = z.object({ seq: z.number().int(), type: z.string(), at: instant, businessDate: date, amount: amount.nullable() })

export const history = defineAction({
  name: 'loan.history',
  kind: 'query',
  about: 'What happened to a loan, in order.',
  params: z.strictObject({ key: id }),
  result: z.array(LoanEvent),
  access: { users: parties },
})

export const erasePerson = defineAction({
  name: 'loan.erasePerson',
  kind: 'mutation',
  internal: true,
  about: 'Destroys a person\'s keys in the Project, Loan and Funding books of every organization; STILL_OWED while a loan, a deposit or an investment of theirs is open. `check` only looks.',
  params: z.strictObject({ user: id, check: z.boolean().default(false) }),
  /** The loans that lead to nobody any more (with `check`: that would). */
  result: z.object({ erased: z.array(z.object({ organization: id, loans: z.array(id) })) }),
  access: { services: ['identity'] },
})
