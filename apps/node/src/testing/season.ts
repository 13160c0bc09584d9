import { funding, investor, loan, payment, project, type Input } from '@growr/contracts'
import { alba, ana, borrower, iris, type Money, type Somebody } from './money.ts'

// What tests about money begin with. 20,000.00 at 18 % over 6 months: 1,800.00 interest, 21,800.00 in all, instalments of 3,633.33
// (the last 3,633.35); withheld: fee 400.00 (2 %), deposit 1,000.00 (5 %); payout 18,600.00; cash-back 200.00 (1 %).

export type Plan = Input<typeof project.createProject>

export const plan: Plan = {
  name: 'Coffee 2026', startDate: '2026-03-01', endDate: '2026-09-30', currency: 'HNL', amount: '500000.00', juniorRate: '12.00', isPublic: true,
  criteria: { required: ['KYC'], trusted: [{ issuer: 'did:web:node.example:issuer', organization: 'comsa' }] },
  loans: {
    type: 'inputs', schedule: 'FLAT', minAmount: '5000.00', maxAmount: '50000.00', minMonths: 3, maxMonths: 12, interestRate: '18.00',
    disbursementFee: '2', cashBackRate: '1', riskDepositRate: '5', isCommunity: true,
  },
  funding: [{ type: 'BANK', terms: 'as it comes in', interestRate: '8', leverageFactor: '4', minAmount: '1000.00', maxAmount: '400000.00' }],
}

/** A project that lends, with junior capital. */
export async function open(money: Money, junior = '100000.00', changes: Partial<Plan> = {}): Promise<string> {
  const { key } = await money.as(ana, project.createProject, { ...plan, ...changes })
  await money.as(ana, project.activateProject, { key })
  if (junior !== '0') await money.as(ana, project.fundJunior, { key, amount: junior, reference: 'JUNIOR-1' })
  return key
}

export const apply = (money: Money, who: string, key: string, requestId?: string, amount = '20000.00') =>
  money.as(borrower(who), loan.applyForLoan, { project: key, amount, months: 6 }, requestId)

export async function sign(money: Money, who: string, key: string): Promise<string> {
  const applied = await apply(money, who, key)
  await money.as(borrower(who), loan.signLoan, { loan: applied.key })
  return applied.key
}

/** Registers a payout, confirms it, and lets the loan hear of it. */
export async function payOut(money: Money, loanKey: string, purpose: 'LOAN' | 'REWARD' | 'DEPOSIT' = 'LOAN'): Promise<string> {
  const { key } = await money.as(ana, payment.addDisbursement, { loan: loanKey, purpose, rail: 'BANK' })
  await money.as(ana, payment.confirmDisbursement, { payment: key, reference: 'OUT-1' })
  await money.settle()
  return key
}

/** A loan that is paid out. */
export async function lend(money: Money, who: string, key: string): Promise<string> {
  const signed = await sign(money, who, key)
  await payOut(money, signed)
  return signed
}

/** A repayment by bank, confirmed by a second admin. */
export async function repay(money: Money, loanKey: string, amount: string, valueDate?: string): Promise<string> {
  const { key } = await money.as(ana, payment.addRepayment, { loan: loanKey, rail: 'BANK', amount, reference: 'IN-1', ...(valueDate ? { valueDate } : {}) })
  await money.as(alba, payment.confirmRepayment, { payment: key })
  await money.settle()
  return key
}

/** A repayment in cash to an agent. */
export async function repayInCash(money: Money, agent: Somebody, who: string, loanKey: string, amount: string): Promise<string> {
  const { key } = await money.as(agent, payment.addRepayment, { loan: loanKey, rail: 'CASH', amount })
  await money.settle()
  await money.as(agent, payment.confirmRepayment, { payment: key, code: money.peer.code(who) })
  await money.settle()
  return key
}

/** An investor's signed contract over an amount. */
export async function commit(money: Money, key: string, amount = '100000.00', who: Somebody = iris): Promise<string> {
  const { id } = await money.as(ana, investor.inviteInvestor, { project: key, email: `${who.userId}@fund.example`, name: who.userId })
  await money.as(who, investor.acceptInvitation, { intent: id, amount })
  const { digest } = await money.as(who, investor.getContract, { intent: id })
  await money.as(who, investor.signContract, { intent: id, digest })
  return id
}

export async function invest(money: Money, key: string, amount = '100000.00', who: Somebody = iris): Promise<{ intent: string; funding: string }> {
  const intent = await commit(money, key, amount, who)
  const { key: transfer } = await money.as(ana, funding.fund, { intent, amount, reference: 'BANK-1' })
  return { intent, funding: transfer }
}

/** What the accounts of a project hold whose balance is not zero. */
export async function accounts(money: Money, key: string): Promise<Record<string, string>> {
  const all = await money.as(ana, project.accounts, { key })
  return Object.fromEntries(all.filter(({ balance }) => !/^0(\.0+)?$/.test(balance)).map(({ account, balance }) => [account.replace(`/${key}`, ''), balance]))
}

/** Noon in Tegucigalpa. */
export const noon = (date: string): Date => new Date(`${date}T18:00:00.000Z`)
