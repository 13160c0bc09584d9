import { join } from 'node:path'
import { readMailbox } from '@growr/messaging'
import type { Door } from './door.ts'
import type { Host, Organization, Person } from './people.ts'

// Projects, loans and payments at every stage, made through the door. One unit of lending throughout:
// 20,000.00 at 18 % over 6 months: 1,800.00 interest, 21,800.00 in all, instalments of 3,633.33, fee 400.00,
// deposit 1,000.00, payout 18,600.00.

export const LOAN = { amount: '20000.00', months: 6, payout: '18600.00', instalment: '3633.33', total: '21800.00' } as const
export const KYC = { level: 2, country: 'HN', amlClear: true, checkedOn: '2026-02-20', fullName: 'Beatriz Flores' } as const

export type Stage = 'APPROVED' | 'SIGNED' | 'PAYING_OUT' | 'DISBURSED' | 'REPAYING' | 'REPAID' | 'OVERPAID'

export interface Loan {
  readonly key: string
  readonly project: string
  readonly borrower: Person
  readonly organization: Organization
  /** The payment that is under way, at the stages that have one. */
  readonly payment: string | null
}

export interface ProjectOptions {
  readonly junior?: string
  /** Milestones: a DRAFT is not activated. */
  readonly draft?: boolean
  readonly required?: readonly string[]
  readonly trusted?: readonly { readonly issuer: string; readonly organization: string }[]
  readonly rules?: unknown
  readonly isPublic?: boolean
  readonly endDate?: string
  readonly loans?: Readonly<Record<string, unknown>>
  readonly amount?: string
}

let names = 0

/** Builds what tests need at one node. */
export class Lending {
  readonly #host: Host
  readonly #door: Door
  #issuer: string | undefined

  constructor(host: Host) {
    this.#host = host
    this.#door = host.door
  }

  async issuer(): Promise<string> {
    this.#issuer ??= (await this.#door.do<{ did: string }>({}, 'issuer')).did
    return this.#issuer
  }

  /** The arguments of createProject. */
  async plan(organization: Organization, options: ProjectOptions = {}): Promise<Record<string, unknown>> {
    const { required = ['KYC'], trusted = [{ issuer: await this.issuer(), organization: organization.id }], rules } = options
    names += 1
    return {
      name: `Coffee ${names}`, isPublic: options.isPublic ?? true, startDate: '2026-03-01', endDate: options.endDate ?? '2026-12-31', currency: 'HNL',
      amount: options.amount ?? '90000000.00', juniorRate: '12',
      criteria: { required, trusted, ...(rules === undefined ? {} : { rules }) },
      loans: {
        type: 'harvest', schedule: 'FLAT', minAmount: '5000.00', maxAmount: '50000.00', minMonths: 3, maxMonths: 12, interestRate: '18.00',
        disbursementFee: '2', cashBackRate: '1', riskDepositRate: '5', isCommunity: true, ...options.loans,
      },
      funding: [{ type: 'BANK', terms: 'As it comes in', interestRate: '8', leverageFactor: '4', minAmount: '1000.00', maxAmount: '10000000.00' }],
    }
  }

  /** A project with junior capital that lends. */
  async project(organization: Organization, options: ProjectOptions = {}): Promise<string> {
    const { key } = await this.#door.do(organization.admin, 'createProject', await this.plan(organization, options))
    const { junior = '1000000.00' } = options
    if (options.draft) return key as string
    await this.#door.do(organization.admin, 'activateProject', { key })
    if (junior !== '0') await this.#door.do(organization.admin, 'fundJunior', { key, amount: junior, reference: 'JUNIOR-1' })
    return key as string
  }

  /** Gives a borrower a credential of the organization. */
  async credential(organization: Organization, borrower: Person, type = 'KYC', claims: object = KYC, more: object = {}): Promise<string> {
    return (await this.#door.do(organization.admin, 'issueVC', { organization: organization.id, user: borrower.session.user, type, claims, ...more }))['id'] as string
  }

  async apply(borrower: Person, project: string, requestId?: string): Promise<string> {
    const { amount, months } = LOAN
    return (await this.#door.do(borrower, 'applyForLoan', { project, amount, months }, requestId === undefined ? {} : { requestId }))['key'] as string
  }

  /** A loan that has come this far. */
  async loan(organization: Organization, borrower: Person, project: string, stage: Stage): Promise<Loan> {
    const { admin } = organization
    const key = await this.apply(borrower, project)
    const at = (payment: string | null): Loan => ({ key, project, borrower, organization, payment })
    if (stage === 'APPROVED') return at(null)
    await this.#door.do(borrower, 'signLoan', { loan: key })
    if (stage === 'SIGNED') return at(null)
    const { key: payout } = await this.#door.do(admin, 'addDisbursement', { loan: key, rail: 'BANK' })
    if (stage === 'PAYING_OUT') return at(payout as string)
    await this.#door.do(admin, 'confirmDisbursement', { payment: payout, reference: 'OUT-1' })
    await this.#host.settle()
    if (stage === 'DISBURSED') return at(payout as string)
    const payment = await this.repay(organization, key, stage === 'REPAYING' ? LOAN.instalment : stage === 'OVERPAID' ? '21900.00' : LOAN.total, stage !== 'REPAYING')
    await this.#host.settle()
    return at(payment)
  }

  /** A repayment by bank, confirmed by the second admin. */
  async repay(organization: Organization, loan: string, amount: string, confirm = true): Promise<string> {
    const { key } = await this.#door.do(organization.admin, 'addRepayment', { loan, rail: 'BANK', amount, reference: 'IN-1' })
    if (confirm) await this.#door.do(organization.second, 'confirmRepayment', { payment: key })
    return key as string
  }

  /** A cash payment's code, as it reached the borrower. */
  async cashCode(borrower: Person): Promise<string> {
    await this.#host.settle()
    const messages = await readMailbox(join(this.#host.data, 'mailbox'), { to: borrower.address })
    return messages.findLast(({ code }) => code !== undefined)?.code as string
  }

  /** An agent who has taken a repayment in cash: the amount lies in the float. */
  async cashIn(organization: Organization, agent: Person, loan: Loan, amount = '1000.00'): Promise<void> {
    const { key } = await this.#door.do(agent, 'addRepayment', { loan: loan.key, rail: 'CASH', amount })
    await this.#door.do(agent, 'confirmRepayment', { payment: key, code: await this.cashCode(loan.borrower) })
  }

  /** An investor's intent in a project, at a stage from the invitation to the money. */
  async intent(organization: Organization, investor: Person, project: string, stage: 'REQUESTED' | 'INVITED' | 'CONFIRMED' | 'SIGNED' | 'FUNDED'): Promise<{ intent: string; funding: string | null }> {
    const { id: intent } = stage === 'REQUESTED'
      ? await this.#door.do(investor, 'requestInvitation', { project })
      : await this.#door.do(organization.admin, 'inviteInvestor', { project, email: investor.address, name: investor.name })
    const at = (funding: string | null = null) => ({ intent: intent as string, funding })
    if (stage === 'REQUESTED' || stage === 'INVITED') return at()
    await this.#door.do(investor, 'acceptInvitation', { intent, amount: '100000.00' })
    if (stage === 'CONFIRMED') return at()
    const { digest } = await this.#door.do(investor, 'investorContract', { intent })
    await this.#door.do(investor, 'signContract', { intent, digest })
    if (stage === 'SIGNED') return at()
    const { key } = await this.#door.do(organization.admin, 'fund', { intent, amount: '100000.00', reference: 'BANK-1' })
    await this.#host.settle()
    return at(key as string)
  }
}
