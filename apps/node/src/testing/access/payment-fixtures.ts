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

/** A payout above the limit of a project of its own, registered by somebody else than the caller. */
async function unapproved(f: Fixtures, t: Target): Promise<{ payment: string }> {
  const { organization, borrower } = t
  await f.project(t)
  const project = await f.keep(`limited ${organization.id}`, () => f.world.lending.project(organization, { junior: '50000000.00', loans: { approvalAbove: '1.00' } }))
  return f.fresh(`unapproved ${borrower.session.user}`, async () => {
    const { key } = await f.world.lending.loan(organization, borrower, project, 'SIGNED')
    return { payment: (await f.world.door.do(organization.secondAgent, 'addDisbursement', { loan: key, rail: 'BANK' }))['key'] as string }
  })
}

/** A repayment that is confirmed; with a request for its reversal by somebody else than the caller. */
async function repaid(f: Fixtures, t: Target, reversal: boolean): Promise<{ payment: string }> {
  const loan = await f.loan(t, 'DISBURSED')
  return f.fresh(`repaid ${reversal} ${t.borrower.session.user}`, async () => {
    const payment = await f.world.lending.repay(t.organization, loan.key, '1.00')
    await f.world.settle()
    if (reversal) await f.as(t.organization.secondAgent, payments.requestReversal, { payment, reason: 'a mistake' })
    return { payment }
  })
}

const account = (organization: string) => ({ organization, provider: 'daraja' as const, shortCode: '600984', key: 'key', secret: 'secret', currency: 'HNL' })
const connected = (f: Fixtures, { organization }: Target): Promise<unknown> =>
  f.keep(`mobile ${organization.id}`, () => f.world.door.do(organization.admin, 'setMobileMoney', account(organization.id)))

const statement = (f: Fixtures, reference: string): string => `Receipt No.,Completion Time,Transaction Status,Paid In,Withdrawn,A/C No.\n${reference},${f.world.clock.now().toISOString().slice(0, 19)}Z,Completed,1.00,,nobody\n`

/** A receipt that matched nothing; assigned to a loan where that is asked for. */
async function receipt(f: Fixtures, t: Target, assigned: boolean): Promise<{ payment: string; loan: string }> {
  await connected(f, t)
  const { organization } = t
  const { key: loan } = await f.loan(t, 'DISBURSED')
  return f.fresh(`receipt ${assigned} ${t.borrower.session.user}`, async () => {
    const csv = statement(f, `RKL51Z${f.next()}`)
    const { digest } = (await f.as(organization.admin, payments.importStatement, { organization: organization.id, csv })) as { digest: string }
    await f.as(organization.admin, payments.importStatement, { organization: organization.id, csv, dryRun: false, digest })
    const { edges } = (await f.as(organization.admin, payments.suspenseList, { organization: organization.id, first: 200 })) as { edges: { node: { payment: string } }[] }
    const known = await f.keep(`receipts ${organization.id}`, () => Promise.resolve(new Set<string>()))
    const { payment } = edges.find(({ node }) => !known.has(node.payment))!.node
    known.add(payment)
    if (assigned) {
      await f.as(organization.admin, payments.assignSuspense, { payment, loan })
      await f.world.settle()
    }
    return { payment, loan }
  })
}

/** A list of the target's agent, handed in with a receipt that is on none. */
async function collected(f: Fixtures, t: Target): Promise<object> {
  const { list } = await f.keep(`list ${t.agent.session.user}`, () => f.as(t.agent, payments.collectionList, { organization: t.organization.id }) as Promise<{ list: { jws: string } }>)
  return { list: list.jws, receipts: [{ receipt: 'r', loan: 'none', amount: '1.00', code: '12345678', on: '2026-03-02' }] }
}

const over = { rail: 'BITCOIN', to: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' }
const btc = (amount: string) => ({ amount, currency: 'BTC' })
const order = { id: 'p1', wallets: ['o/p/FUNDING'], to: over.to, amount: btc('1000'), maxFee: btc('1000') }
/** Whatever is asked of a network that is off. */
const onNetwork = {
  createWallet: { id: 'o/p/FUNDING', purpose: 'FUNDING' }, createListener: { wallet: 'o/p/FUNDING', tag: 't' }, getPayments: { after: 0, limit: 10 }, check: order, send: order, sent: { id: 'p1' },
  estimateFee: { currency: 'BTC' }, confirmations: { amount: btc('1000') }, balances: {}, status: {},
}
const onLightning = { createInvoice: { wallet: 'o/p/FUNDING', tag: 't', amount: btc('1000'), description: 'd', expirySeconds: 60 }, pay: order }

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
  'payment.erasePerson': (_f, t) => ({ user: t.organization.second.session.user, check: true }),
  'payment.cashFloats': (_f, t) => ({ organization: t.organization.id }),
  'payment.approveDisbursement': unapproved,
  'payment.requestReversal': async (f, t) => ({ ...(await repaid(f, t, false)), reason: 'a mistake' }),
  'payment.confirmReversal': (f, t) => repaid(f, t, true),
  'payment.rejectReversal': (f, t) => repaid(f, t, true),
  'payment.setMobileMoney': (_f, t) => account(t.organization.id),
  'payment.requestPaymentCode': async (f, t) => {
    await connected(f, t)
    return { loan: (await f.loan(t, 'DISBURSED')).key }
  },
  'payment.suspenseList': (_f, t) => ({ organization: t.organization.id }),
  'payment.assignSuspense': (f, t) => receipt(f, t, false),
  'payment.reverseAssignment': async (f, t) => ({ payment: (await receipt(f, t, true)).payment, reason: 'a mistake' }),
  'payment.importStatement': async (f, t) => {
    await connected(f, t)
    return { organization: t.organization.id, csv: statement(f, 'RKL51ZDR9Z') }
  },
  'payment.reconciliation': (_f, t) => ({ organization: t.organization.id }),
  'payment.receipt': async (f, t) => ({ payment: (await f.loan(t, 'DISBURSED')).payment }),
  'payment.collectionList': (_f, t) => ({ organization: t.organization.id }),
  'payment.handInCollections': collected,
  'payment.networks': () => ({}),
  'payment.networkBalances': async (f, t) => ({ project: await f.project(t) }),
  'payment.requestAddress': async (f, t) => ({ loan: (await f.loan(t, 'DISBURSED')).key, rail: 'BITCOIN' }),
  'payment.fundingAddress': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent }),
  'payment.openMultisig': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent, publicKey: `02${'11'.repeat(32)}`, refundKey: `02${'22'.repeat(32)}` }),
  'payment.multisig': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent }),
  'payment.releaseMultisig': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent, loan: (await f.loan(t, 'DISBURSED')).key }),
  'payment.refundMultisig': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent, to: 'nowhere' }),
  'payment.signMultisig': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent, psbt: 'cHNidA==' }),
  'payment.depositAddress': async (f, t) => ({ project: await f.project(t), rail: 'BITCOIN', purpose: 'FEES' }),
  'payment.repayInvestor': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent, amount: '1.00', ...over }),
  'payment.payOriginator': async (f, t) => ({ project: await f.project(t), amount: '1.00', ...over }),
  'payment.convert': async (f, t) => ({ project: await f.project(t), currency: 'BTC', reference: 'OUT-1', ...over }),
  'payment.settleExchange': async (f, t) => ({ project: await f.project(t), reference: 'IN-1' }),
  'payment.returnFees': async (f, t) => ({ project: await f.project(t), ...over }),
  'payment.lightningNode': () => ({}),
  'payment.openChannel': () => ({ peer: `02${'11'.repeat(32)}`, address: '127.0.0.1:1', capacity: '0.01' }),
  'payment.closeChannel': () => ({ id: '11'.repeat(32) }),
  'payment.openWallets': async (f, t) => ({ organization: t.organization.id, project: await f.project(t), sources: [] }),
  ...Object.fromEntries(['bitcoin', 'lightning', 'rootstock'].flatMap((network) => Object.entries(network === 'lightning' ? { ...onNetwork, ...onLightning } : onNetwork).map(([name, params]) => [`${network}.${name}`, () => params]))),
}
