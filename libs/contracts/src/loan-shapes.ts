import { z } from 'zod'
import { schedule } from './project.ts'
import { amount, date, did, id, percent } from './shapes.ts'

export const loanStatus = z.enum(['DRAFT', 'APPROVED', 'REFUSED', 'SIGNED', 'DISBURSED', 'REPAID', 'DEFAULTED', 'CANCELLED', 'WRITTEN_OFF'])

export const Instalment = z.object({ number: z.number().int(), dueDate: date, principal: amount, interest: amount, amount, paid: amount, overdue: z.boolean() })

export const Loan = z.object({
  key: id,
  project: id,
  organization: id,
  status: loanStatus,
  type: z.string(),
  schedule,
  currency: z.string(),
  /** What was asked for; contractAmount and months are what the project accepts. */
  requestedAmount: amount,
  requestedMonths: z.number().int(),
  contractAmount: amount,
  months: z.number().int(),
  interestRate: percent,
  interestAmount: amount,
  commitmentAmount: amount,
  /** Withheld from the payout. */
  fee: amount,
  deposit: amount,
  payout: amount,
  repaid: amount,
  outstanding: amount,
  overpaid: amount,
  cashBack: amount,
  applicationDate: date,
  /** The contract must be signed by then. */
  offerUntil: date.nullable(),
  startDate: date.nullable(),
  endDate: date.nullable(),
  instalments: z.array(Instalment),
  /** Who borrows: only for those who may know; null after an erasure. */
  borrower: did.nullable(),
  borrowerUser: id.nullable(),
  verifier: did.nullable(),
  /** Before this day has passed nothing is paid out; null where there is no such time, or it was waived. */
  coolingOffUntil: date.nullable(),
  coolingOffWaived: z.boolean(),
  /** The contract is signed with the digest of the key facts that were shown. */
  keyFactsRequired: z.boolean(),
  /** The payout needs a second person's approval. */
  payoutNeedsApproval: z.boolean(),
  /** The good or service that the loan is for. */
  service: z.enum(['NONE', 'PROVIDED', 'CONFIRMED']),
  /** The day of the last default; what became of it, the status says. */
  defaultedOn: date.nullable(),
  /** What was written off, and what of that came in afterwards. */
  writtenOff: amount,
  recovered: amount,
  /** How often the schedule was replaced. */
  reschedules: z.number().int(),
  /** Taken over from the originator's former books. */
  imported: z.boolean(),
  version: z.number().int(),
})
export type Loan = z.output<typeof Loan>

export const staff = { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } as const
export const parties = { ...staff, BORROWER: 'own' } as const
export const officers = { ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } as const
export const admins = { ORIGINATOR_ADMIN: 'organization' } as const
