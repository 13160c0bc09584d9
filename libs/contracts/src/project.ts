import { z } from 'zod'
import { defineAction } from './define.ts'
import { amount, connection, currency, date, factor, id, instant, page, percent, rail, reference, text, url } from './shapes.ts'
import { credentialType } from './identity.ts'

export const projectStatus = z.enum(['DRAFT', 'ACTIVATED', 'DEACTIVATED', 'CLOSED'])
export const fundingType = z.enum(['BANK', 'ONCHAIN', 'MULTISIG', 'CROWDFUNDING'])

/** FLAT instalments; AD_HOC (bullet, interest by days); of a declining balance EQUAL_INSTALMENTS (annuity) and EQUAL_PRINCIPAL. */
export const schedule = z.enum(['FLAT', 'AD_HOC', 'EQUAL_INSTALMENTS', 'EQUAL_PRINCIPAL'])

/** Which credentials, from whom, and rules over their claims; parsed in full by @growr/credentials. */
export const Criteria = z.strictObject({
  required: z.array(credentialType).min(1).max(9),
  trusted: z.array(z.strictObject({ issuer: z.string().max(2048), organization: id })).max(32),
  rules: z.json().optional(),
})
export type Criteria = z.output<typeof Criteria>

export const LoanTerms = z.strictObject({
  type: text(60),
  schedule,
  minAmount: amount,
  maxAmount: amount,
  minMonths: z.number().int().min(1).max(120),
  maxMonths: z.number().int().min(1).max(120),
  interestRate: percent,
  disbursementFee: percent.default('0'),
  cashBackRate: percent.default('0'),
  /** Grace on principal: the first instalments that hold interest only. */
  gracePeriod: z.number().int().min(0).max(119).default(0),
  isCommunity: z.boolean().default(false),
  riskDepositRate: percent.default('0'),
  defaultAfterDays: z.number().int().min(1).max(3650).default(90),
  offerDays: z.number().int().min(1).max(365).default(14),
  /** So many days after the signature nothing is paid out; the borrower alone may waive it. */
  coolingOffDays: z.number().int().min(0).max(90).default(0),
  /** A payout above it needs the approval of a second person. */
  approvalAbove: amount.nullable().default(null),
  /** What a borrower may owe over all projects of the node, in months of the income that a FinancialData credential shows. */
  debtCeiling: factor.nullable().default(null),
})
export type LoanTerms = z.output<typeof LoanTerms>

export const FundingSourceInput = z.strictObject({
  type: fundingType,
  networkName: text(40).optional(),
  tokenName: text(20).optional(),
  terms: text(4000),
  interestRate: percent,
  leverageFactor: factor,
  minAmount: amount,
  maxAmount: amount,
})
export const FundingSource = z.object({ id, type: fundingType, status: z.enum(['ACTIVE', 'INACTIVE']), networkName: z.string().nullable(), tokenName: z.string().nullable(), fundingAddress: z.string().nullable(), repaymentAddress: z.string().nullable(), terms: z.string(), interestRate: z.string(), leverageFactor: z.string(), minAmount: amount, maxAmount: amount })

/** One line of what a closing project owes to whom. `party` is the key of an investor's contract, of a loan, or the organization's id. */
export const Payable = z.object({
  id,
  payee: z.enum(['INVESTOR', 'BORROWER', 'ORIGINATOR']),
  kind: z.enum(['SENIOR_YIELD', 'SENIOR_PRINCIPAL', 'JUNIOR_PRINCIPAL', 'JUNIOR_YIELD', 'REWARD', 'RISK_DEPOSIT', 'FEE', 'SURPLUS']),
  party: id,
  amount,
  paid: amount,
})

export const Project = z.object({
  key: id,
  status: projectStatus,
  organization: id,
  name: z.string(),
  description: z.string(),
  isPublic: z.boolean(),
  isInviteOnly: z.boolean(),
  profileUrl: z.string().nullable(),
  bannerUrl: z.string().nullable(),
  startDate: date,
  endDate: date,
  currency: z.string(),
  amount,
  juniorRate: percent,
  criteria: Criteria,
  loans: LoanTerms,
  funding: z.array(FundingSource),
  /** The money: lent = principal of loans so far; outstanding = what borrowers owe; available = may be promised now. */
  juniorCapital: amount,
  seniorCapital: amount,
  available: amount,
  reserved: amount,
  lent: amount,
  repaid: amount,
  outstanding: amount,
  loanCount: z.number().int(),
  /** Set once the project was wound up. */
  payables: z.array(Payable),
  version: z.number().int(),
})
export type Project = z.output<typeof Project>

/** What the public directory shows: no criteria's issuers, no accounts. */
export const PublicProject = Project.pick({ key: true, organization: true, name: true, description: true, isInviteOnly: true, profileUrl: true, bannerUrl: true, startDate: true, endDate: true, currency: true, amount: true, funding: true, seniorCapital: true, juniorCapital: true, lent: true, repaid: true, loanCount: true })

const staff = { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization' } as const
const admin = { ORIGINATOR_ADMIN: 'organization' } as const

const describe = { name: text(120), description: z.string().trim().max(4000), isPublic: z.boolean(), isInviteOnly: z.boolean(), profileUrl: url.optional(), bannerUrl: url.optional() }

export const createProject = defineAction({
  name: 'project.createProject',
  kind: 'mutation',
  about: 'Creates a project (DRAFT) with its criteria, loan terms and funding sources.',
  params: z.strictObject({
    organization: id.optional(),
    ...describe,
    description: describe.description.default(''),
    isPublic: describe.isPublic.default(false),
    isInviteOnly: describe.isInviteOnly.default(false),
    startDate: date,
    endDate: date,
    currency,
    amount,
    juniorRate: percent.default('0'),
    criteria: Criteria,
    loans: LoanTerms,
    funding: z.array(FundingSourceInput).max(8).default([]),
  }),
  result: Project,
  access: { users: admin },
})

export const updateProject = defineAction({
  name: 'project.updateProject',
  kind: 'mutation',
  about: 'Changes how the project presents itself.',
  params: z.strictObject({ key: id, name: describe.name.optional(), description: describe.description.optional(), isPublic: z.boolean().optional(), isInviteOnly: z.boolean().optional(), profileUrl: url.optional(), bannerUrl: url.optional() }),
  result: Project,
  access: { users: admin },
})

export const modifyProjectParams = defineAction({
  name: 'project.modifyProjectParams',
  kind: 'mutation',
  about: 'Changes criteria, loan terms, dates or amount while the project is a DRAFT.',
  params: z.strictObject({ key: id, startDate: date.optional(), endDate: date.optional(), amount: amount.optional(), juniorRate: percent.optional(), criteria: Criteria.optional(), loans: LoanTerms.optional() }),
  result: Project,
  access: { users: admin },
})

export const addProjectFunding = defineAction({
  name: 'project.addProjectFunding',
  kind: 'mutation',
  about: 'Adds a funding source.',
  params: z.strictObject({ key: id, source: FundingSourceInput }),
  result: Project,
  access: { users: admin },
})

const byKey = z.strictObject({ key: id })

export const activateProject = defineAction({ name: 'project.activateProject', kind: 'mutation', about: 'Opens lending.', params: byKey, result: Project, access: { users: admin } })
export const deactivateProject = defineAction({ name: 'project.deactivateProject', kind: 'mutation', about: 'Pauses new applications; everything else goes on.', params: byKey, result: Project, access: { users: admin } })

export const closeProject = defineAction({
  name: 'project.closeProject',
  kind: 'mutation',
  about: 'Winds the project up when it is past its end and nothing in it is owed: shares its balance out by the waterfall. It is CLOSED when the last share is paid.',
  params: byKey,
  result: Project,
  access: { users: admin },
})

export const previewDistribution = defineAction({
  name: 'project.previewDistribution',
  kind: 'query',
  about: 'What closing the project today would pay to whom.',
  params: byKey,
  result: z.array(Payable),
  access: { users: admin },
})

const junior = z.strictObject({ key: id, amount, rail: rail.default('BANK'), reference, valueDate: date.optional() })

export const fundJunior = defineAction({ name: 'project.fundJunior', kind: 'mutation', about: 'Registers the originator\'s own junior, first-loss capital.', params: junior, result: Project, access: { users: admin } })
export const withdrawJunior = defineAction({
  name: 'project.withdrawJunior',
  kind: 'mutation',
  about: 'Registers a payment to the originator: free junior capital before the close (the leverage must hold), its shares after.',
  params: junior,
  result: Project,
  access: { users: admin },
})

export const findByKey = defineAction({
  name: 'project.findByKey',
  kind: 'query',
  about: 'A project as its organization, its investors and its applicants see it.',
  params: byKey,
  result: Project,
  access: { users: { ...staff, BORROWER: 'organization', INVESTOR: 'own' }, services: ['payment', 'verification', 'identity'] },
})

export const findByOrganization = defineAction({
  name: 'project.findByOrganization',
  kind: 'query',
  about: 'The projects of an organization.',
  params: z.strictObject({ organization: id, status: projectStatus.optional(), ...page }),
  result: connection(Project),
  access: { users: staff },
})

export const findByAddress = defineAction({
  name: 'project.findByAddress',
  kind: 'query',
  about: 'The project to which a funding or repayment address belongs.',
  params: z.strictObject({ address: z.string().min(8).max(128) }),
  result: Project.nullable(),
  access: { users: { NODE_OPERATOR: 'any' } },
})

export const findPublic = defineAction({
  name: 'project.findPublic',
  kind: 'query',
  about: 'The directory of public projects that are open.',
  params: z.strictObject({ ...page }),
  result: connection(PublicProject),
  access: { public: true },
})

export const Account = z.object({ account: z.string(), currency: z.string(), balance: z.string() })

export const accounts = defineAction({
  name: 'project.accounts',
  kind: 'query',
  about: 'The balance of each account of a project over all books (debit positive).',
  params: byKey,
  result: z.array(Account),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

export const BusinessDay = z.object({
  organization: id,
  businessDate: date,
  lastClosed: date.nullable(),
  /** The day that is being closed, how many loans it concerns, and how many of them are through it; null where none is. */
  closing: z.object({ day: date, loans: z.number().int(), done: z.number().int() }).nullable(),
})

export const businessDay = defineAction({
  name: 'project.businessDay',
  kind: 'query',
  about: 'The organization\'s business date, and the last day that was closed.',
  params: z.strictObject({ organization: id }),
  result: BusinessDay,
  access: { users: staff },
})

export const closeDay = defineAction({
  name: 'project.closeDay',
  kind: 'mutation',
  about: 'Closes every day before today that is still open, in order (the node does so by itself at midnight).',
  params: z.strictObject({ organization: id }),
  result: BusinessDay,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization' } },
})

/** An entry of a book as another service follows it: header, event and state in their JSON form. */
export const FeedEntry = z.object({ seq: z.number().int(), /** How often the book had been taken up in a successor when it was written, such as after a restore. */ generation: z.number().int(), key: z.string(), type: z.string(), at: instant, businessDate: date, organization: id, book: z.enum(['project', 'loan', 'funding', 'payment']), event: z.unknown(), state: z.unknown(), postings: z.array(z.unknown()) })
export type FeedEntry = z.output<typeof FeedEntry>

const feed = z.strictObject({ organization: id, book: z.enum(['project', 'loan', 'funding', 'payment']), after: z.number().int().min(0), limit: z.number().int().min(1).max(500) })

export const entries = defineAction({
  name: 'project.entries',
  kind: 'query',
  internal: true,
  about: 'The entries of a financing book in order, for followers in other groups.',
  params: feed,
  result: z.array(FeedEntry),
  access: { services: ['payment', 'identity', 'issuing', 'organization'] },
})

export const paymentEntries = defineAction({
  name: 'payment.entries',
  kind: 'query',
  internal: true,
  about: 'The entries of the Payment book in order, for followers in other groups.',
  params: feed,
  result: z.array(FeedEntry),
  access: { services: ['loan', 'funding', 'organization', 'identity'] },
})
