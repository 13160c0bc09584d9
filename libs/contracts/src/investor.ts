import { z } from 'zod'
import { defineAction } from './define.ts'
import { fundingType, FundingSource, LoanTerms } from './project.ts'
import { amount, connection, currency, date, email, id, instant, page, percent, signed, text } from './shapes.ts'

export const intentStatus = z.enum(['REQUESTED', 'INVITED', 'CONFIRMED', 'SIGNED', 'REJECTED'])

export const Intent = z.object({
  id,
  project: id,
  organization: id,
  investor: id,
  status: intentStatus,
  source: id.nullable(),
  amount: amount.nullable(),
  walletAddress: z.string().nullable(),
  createdAt: instant,
})
export type Intent = z.output<typeof Intent>

export const InvestorContract = z.object({
  intent: id,
  digest: z.string(),
  document: z.record(z.string(), z.unknown()),
  signatures: z.array(signed),
  interestRate: percent,
})

const admin = { ORIGINATOR_ADMIN: 'organization' } as const
const both = { ORIGINATOR_ADMIN: 'organization', INVESTOR: 'own' } as const
const byIntent = z.strictObject({ intent: id })

export const requestInvitation = defineAction({
  name: 'investor.requestInvitation',
  kind: 'mutation',
  about: 'An investor asks to take part in a public project.',
  params: z.strictObject({ project: id, message: text(500).optional() }),
  result: Intent,
  access: { users: { INVESTOR: 'any' } },
})
export const inviteInvestor = defineAction({
  name: 'investor.inviteInvestor',
  kind: 'mutation',
  about: 'Invites an investor by e-mail into a project.',
  params: z.strictObject({ project: id, email, name: text(120) }),
  result: Intent,
  access: { users: admin },
})
export const approveInvestor = defineAction({ name: 'investor.approveInvestor', kind: 'mutation', about: 'Turns a request into an invitation.', params: byIntent, result: Intent, access: { users: admin } })
export const rejectInvestor = defineAction({ name: 'investor.rejectInvestor', kind: 'mutation', about: 'Declines a request, or takes an invitation back before it is signed.', params: byIntent, result: Intent, access: { users: admin } })
export const acceptInvitation = defineAction({
  name: 'investor.acceptInvitation',
  kind: 'mutation',
  about: 'Commits an amount to a funding source; the contract is generated.',
  params: z.strictObject({ intent: id, amount, source: id.optional(), walletAddress: z.string().min(8).max(128).optional() }),
  result: Intent,
  access: { users: { INVESTOR: 'own' } },
})
export const rejectInvitation = defineAction({ name: 'investor.rejectInvitation', kind: 'mutation', about: 'Declines an invitation.', params: byIntent, result: Intent, access: { users: { INVESTOR: 'own' } } })
export const getContract = defineAction({ name: 'investor.getContract', kind: 'query', about: 'The contract to read, with its digest.', params: byIntent, result: InvestorContract, access: { users: both } })
export const signContract = defineAction({
  name: 'investor.signContract',
  kind: 'mutation',
  about: 'The investor signs the contract that was read (its digest); the organization\'s key signs beside it.',
  params: z.strictObject({ intent: id, digest: z.string().max(100) }),
  result: Intent,
  access: { users: { INVESTOR: 'own' } },
})
export const findIntent = defineAction({ name: 'investor.findById', kind: 'query', about: 'An intent by its id.', params: byIntent, result: Intent, access: { users: both } })
export const findByProject = defineAction({
  name: 'investor.findByProject',
  kind: 'query',
  about: 'The investors of a project.',
  params: z.strictObject({ project: id, status: intentStatus.optional(), ...page }),
  result: connection(Intent),
  access: { users: admin },
})
export const findByInvestor = defineAction({
  name: 'investor.findByInvestor',
  kind: 'query',
  about: 'The own invitations, commitments and contracts.',
  params: z.strictObject({ ...page }),
  result: connection(Intent),
  access: { users: { INVESTOR: 'own' } },
})

/** How many loans, and what is outstanding (or lost) of their principal and their earned interest. */
export const LoanSum = z.object({ loans: z.number().int(), principal: amount, interest: amount })
export type LoanSum = z.output<typeof LoanSum>

/** How late a loan is, by the due date of its oldest instalment that is not wholly paid: in time, or so many days past it. */
export const arrearsBucket = z.enum(['CURRENT', '1-30', '31-60', '61-90', 'OVER_90'])
export const ArrearsLine = LoanSum.extend({ bucket: arrearsBucket })

/** What has become of a project's loans, in sums: nothing of it leads to a borrower. */
export const LoanBook = z.object({
  /** Principal paid out on loans so far, and principal and interest that borrowers have paid. */
  lent: amount,
  repaid: amount,
  outstanding: LoanSum,
  /** The outstanding loans by how late they are, in every bucket. */
  arrears: z.array(ArrearsLine),
  /** Principal outstanding of loans more than 30 days late as percent of all that is outstanding, half-even to two decimals. */
  par30: percent,
  /** Of the outstanding: loans that were declared defaulted. */
  defaulted: LoanSum,
  /** What was written off and has not been recovered since. */
  writtenOff: LoanSum,
  /** Loans that are repaid in full, with the principal and the interest that they brought back. */
  completed: LoanSum,
  /** Interest that the loans have earned so far, paid or not. */
  interestEarned: amount,
})
export type LoanBook = z.output<typeof LoanBook>

export const PortfolioProject = z.object({
  project: id,
  organization: id,
  name: z.string(),
  status: z.string(),
  currency: z.string(),
  endDate: date,
  /** The business date of the project's organization to which the figures belong. */
  asOf: date,
  intent: id,
  interestRate: percent,
  /** The investor's own money in it. */
  invested: amount,
  principalRepaid: amount,
  principalOutstanding: amount,
  /** Of a project that was wound up: principal that it could not give back. */
  principalLost: amount,
  yieldAccrued: amount,
  yieldPaid: amount,
  /** All capital in the project, and what of it may be lent now. */
  seniorCapital: amount,
  juniorCapital: amount,
  available: amount,
  loans: LoanBook,
})
export type PortfolioProject = z.output<typeof PortfolioProject>

export const portfolio = defineAction({
  name: 'investor.portfolio',
  kind: 'query',
  about: 'What the own capital reached: for each project with a signed contract what was invested and came back, and the loans behind it in sums. The same comes live from GET /live/portfolio.',
  params: z.strictObject({ project: id.optional() }),
  result: z.object({ projects: z.array(PortfolioProject) }),
  access: { users: { INVESTOR: 'own' } },
})

export const CashFlow = z.object({
  date,
  project: id,
  projectName: z.string(),
  currency: z.string(),
  kind: z.enum(['FUNDED', 'REPAID']),
  /** What it was: of money that came back, principal, yield, and of a closed project's share what is neither. */
  amount,
  principal: amount,
  yield: amount,
  other: amount,
  /** The Funding entry, by which its receipt is found. */
  funding: id,
})

export const StatementTotal = z.object({
  currency: z.string(),
  /** What the capital was worth at the beginning and is at the end: principal outstanding and yield owed. */
  opening: amount,
  funded: amount,
  principal: amount,
  yield: amount,
  other: amount,
  closing: amount,
  /** The yearly return of the flows in percent, with opening and closing as flows: as a spreadsheet's XIRR, actual days over 365. Null where the flows have none. */
  xirr: z.string().nullable(),
})

export const statement = defineAction({
  name: 'investor.statement',
  kind: 'query',
  about: 'The own cash flows by value date, their sums and return for each currency, and all of it as CSV (RFC 4180) that is safe to open in a spreadsheet.',
  params: z.strictObject({ project: id.optional(), from: date.optional(), to: date.optional() }),
  result: z.object({ from: date.nullable(), to: date, flows: z.array(CashFlow), totals: z.array(StatementTotal), csv: z.string() }),
  access: { users: { INVESTOR: 'own' } },
})

/** A project as an investor finds it: what it lends on which terms, what it pays, who stands before in losses, and how its loans do. */
export const DirectoryProject = z.object({
  key: id,
  organization: id,
  organizationName: z.string(),
  name: z.string(),
  description: z.string(),
  isInviteOnly: z.boolean(),
  profileUrl: z.string().nullable(),
  bannerUrl: z.string().nullable(),
  startDate: date,
  endDate: date,
  currency: z.string(),
  amount,
  terms: LoanTerms,
  funding: z.array(FundingSource),
  seniorCapital: amount,
  juniorCapital: amount,
  /** Senior capital that the leverage still leaves room for. */
  room: amount,
  loanCount: z.number().int(),
  loans: LoanBook,
})
export type DirectoryProject = z.output<typeof DirectoryProject>

export const directory = defineAction({
  name: 'investor.directory',
  kind: 'query',
  about: 'The public projects that are open, with their terms, rates and how their loans do. The filters narrow it: words of name or description, currency, organization, kind of funding, the least rate, an amount that a source takes, the last end, only those open to requests.',
  params: z.strictObject({
    words: text(80).optional(),
    currency: currency.optional(),
    organization: id.optional(),
    fundingType: fundingType.optional(),
    minRate: percent.optional(),
    invests: amount.optional(),
    endsBy: date.optional(),
    openOnly: z.boolean().default(false),
    ...page,
  }),
  result: connection(DirectoryProject),
  access: { public: true },
})
