import { payment as payments } from '@growr/contracts'
import type { Person } from '../people.ts'
import type { Fixture, Fixtures, Target } from './target.ts'

/** A repayment in cash that waits for the borrower's code: anybody who may confirm can. */
async function cashRepayment(f: Fixtures, t: Target): Promise<object> {
  const { key } = await f.loan(t, 'DISBURSED')
  return f.fresh(`cash ${t.borrower.session.user}`, async () => {
    const { key: payment } = await f.world.door.do(t.organization.secondAgent, 'addRepayment', { loan: key, rail: 'CASH', amount: '1.00' })
    return { payment, code: await f.world.lending.cashCode(t.borrower) }
  })
}

/** Cash from the bank to an agent: registered by that agent for an admin to confirm, or by an admin for the agent. */
const handOver = (f: Fixtures, t: Target): Promise<{ key: string }> =>
  f.fresh(`hand-over ${t.caller?.role ?? ''} ${t.agent.session.user}`, async () => {
    const by: Person = t.caller?.role === 'ORIGINATOR_AGENT' ? t.organization.second : t.agent
    return (await f.as(by, payments.handOverCash, { project: await f.project(t), amount: '5.00', from: 'BANK', to: 'AGENT', agent: t.agent.session.user })) as { key: string }
  })

export const paymentFixtures: Readonly<Record<string, Fixture>> = {
  'payment.addDisbursement': async (f, t) => ({ loan: (await f.loan(t, 'SIGNED', 'fresh')).key, rail: 'BANK' }),
  'payment.confirmDisbursement': async (f, t) => ({ payment: (await f.loan(t, 'PAYING_OUT', 'fresh')).payment, reference: 'OUT-9' }),
  'payment.cancelDisbursement': async (f, t) => ({ payment: (await f.loan(t, 'PAYING_OUT', 'fresh')).payment }),
  'payment.addRepayment': async (f, t) => ({ loan: (await f.loan(t, 'DISBURSED')).key, rail: 'BANK', amount: '1.00', reference: 'IN-9' }),
  'payment.confirmRepayment': cashRepayment,
  'payment.refundOverpayment': async (f, t) => ({ loan: (await f.loan(t, 'OVERPAID', 'fresh')).key, rail: 'BANK' }),
  'payment.handOverCash': async (f, t) => ({ project: await f.project(t), amount: '5.00', from: 'BANK', to: 'AGENT', agent: t.agent.session.user }),
  'payment.confirmHandOver': async (f, t) => ({ payment: (await handOver(f, t)).key }),
  'payment.findByKey': async (f, t) => ({ key: (await f.loan(t, 'DISBURSED')).payment }),
  'payment.findByLoan': async (f, t) => ({ loan: (await f.loan(t, 'DISBURSED')).key }),
  'payment.findByAddress': () => ({ address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' }),
  'payment.accounts': async (f, t) => ({ organization: t.organization.id, project: await f.project(t) }),
  'payment.pending': async (f, t) => ({ organization: t.organization.id, project: await f.project(t) }),
  'payment.entries': (_f, t) => ({ organization: t.organization.id, book: 'payment', after: 0, limit: 10 }),
  'payment.cashFloats': (_f, t) => ({ organization: t.organization.id }),
}
