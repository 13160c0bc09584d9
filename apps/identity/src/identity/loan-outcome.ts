import { z } from 'zod'

const money = z.object({ amount: z.string().regex(/^-?\d{1,80}$/), currency: z.string() })
const day = z.iso.date()

/** The part of a loan's state, as the Loan book's feed gives it, that a credit history is made of. */
const state = z.object({
  key: z.string(),
  status: z.enum(['REPAID', 'DEFAULTED', 'WRITTEN_OFF']),
  contractAmount: money,
  repaidOn: day.nullable().optional(),
  schedule: z.array(z.object({ dueDate: day, principal: money, paidPrincipal: money, settledOn: day.nullable(), overdueOn: day.nullable() })),
  subject: z.object({ userDid: z.string(), userId: z.string().optional() }),
})

export interface LoanOutcome {
  readonly key: string
  readonly outcome: 'REPAID' | 'DEFAULTED'
  readonly userDid: string
  readonly currency: string
  readonly principal: bigint
  readonly principalPaid: bigint
  readonly onTime: number
  readonly late: number
  readonly repaidOn: string | undefined
}

/** What came of a loan; undefined while it is open, where it never was one, and where its borrower was erased. */
export function loanOutcome(value: unknown): LoanOutcome | undefined {
  const read = state.safeParse(value)
  if (!read.success) return undefined
  const { key, status, contractAmount, repaidOn, schedule, subject } = read.data
  const late = schedule.filter(({ settledOn, dueDate, overdueOn }) => overdueOn !== null || (settledOn !== null && settledOn > dueDate)).length
  const settled = schedule.filter(({ settledOn }) => settledOn !== null).length
  const settledLate = schedule.filter(({ settledOn, dueDate, overdueOn }) => settledOn !== null && (overdueOn !== null || settledOn > dueDate)).length
  return {
    key,
    outcome: status === 'REPAID' ? 'REPAID' : 'DEFAULTED',
    userDid: subject.userDid,
    currency: contractAmount.currency,
    principal: BigInt(contractAmount.amount),
    principalPaid: schedule.reduce((sum, row) => sum + BigInt(row.paidPrincipal.amount), 0n),
    onTime: settled - settledLate,
    late,
    repaidOn: repaidOn ?? undefined,
  }
}
