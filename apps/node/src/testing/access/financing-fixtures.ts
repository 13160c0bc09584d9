import { investor as investors, loan as loans, type Cause } from '@growr/contracts'
import { LOAN } from '../lending.ts'
import type { Fixture, Fixtures, Target } from './target.ts'

/** A project on which an admin may do anything without harm to others. */
const own = (f: Fixtures, t: Target): Promise<string> => f.keep(`plain ${t.organization.id}`, () => f.world.lending.project(t.organization))
const draft = (f: Fixtures, t: Target): Promise<string> => f.fresh(`draft ${t.organization.id}`, () => f.world.lending.project(t.organization, { draft: true }))

/** Projects past their end, made while they had not reached it. */
export async function endProjects(f: Fixtures): Promise<void> {
  const { world } = f
  for (const organization of [world.comsa, world.otra]) {
    ended.set(organization.id, await Promise.all(Array.from({ length: 4 }, () => world.lending.project(organization, { endDate: '2026-03-02', junior: '1000.00' }))))
  }
  for (const organization of [world.comsa, world.otra]) await takeOverLate(f, organization)
  await world.node.settle()
  await world.clock.advance(86_400_000)
  for (const organization of [world.comsa, world.otra]) {
    const { edges } = (await f.as(organization.admin, loans.findByOrganization, { organization: organization.id, status: 'DEFAULTED' })) as { edges: { node: { key: string } }[] }
    defaulted.set(organization.id, edges.map(({ node }) => node.key))
  }
}
/** Loans that the close of a day finds in default: taken over when they had been late for a year. */
const defaulted = new Map<string, string[]>()

async function takeOverLate(f: Fixtures, organization: Target['organization']): Promise<void> {
  const project = await f.world.lending.project(organization, { junior: '0' })
  const rows = Array.from({ length: 4 }, (_, index) => `LATE-${index},${organization.borrowers[1]!.address},2025-03-01,100.00,1.00`)
  const whole = { organization: organization.id, project, csv: ['number,phone,due,principal,interest', ...rows].join('\n'), controlTotals: { count: 4, principal: '400.00', interest: '4.00' } }
  const { digest } = (await f.as(organization.admin, loans.importLoans, whole)) as { digest: string }
  await f.as(organization.admin, loans.importLoans, { ...whole, dryRun: false, digest })
}

/** A loan whose cooling-off time runs. */
const cooling = (f: Fixtures, t: Target): Promise<string> => f.fresh(`cooling ${t.borrower.session.user}`, async () => {
  await f.project(t)
  const project = await f.keep(`cooling ${t.organization.id}`, () => f.world.lending.project(t.organization, { loans: { coolingOffDays: 5 } }))
  const loan = await f.world.lending.apply(t.borrower, project)
  const { digest } = (await f.as(t.borrower, loans.keyFacts, { loan })) as { digest: string }
  await f.as(t.borrower, loans.signLoan, { loan, keyFacts: digest })
  return loan
})
const ended = new Map<string, string[]>()

const feed = (t: Target, book: Cause['book']): object => ({ organization: t.organization.id, book, after: 0, limit: 10 })

export const financingFixtures: Readonly<Record<string, Fixture>> = {
  'project.createProject': async (f, t) => ({ ...(await f.world.lending.plan(t.organization)), organization: t.organization.id }),
  'project.updateProject': async (f, t) => ({ key: await own(f, t), description: `Described for the ${f.next()}th time` }),
  'project.modifyProjectParams': async (f, t) => ({ key: await draft(f, t), juniorRate: '11' }),
  'project.addProjectFunding': async (f, t) => ({ key: await own(f, t), source: { type: 'BANK', terms: 'As before', interestRate: '7', leverageFactor: '3', minAmount: '1.00', maxAmount: '1000.00' } }),
  'project.activateProject': async (f, t) => ({ key: await draft(f, t) }),
  'project.deactivateProject': async (f, t) => ({ key: await f.fresh(`to deactivate ${t.organization.id}`, () => f.world.lending.project(t.organization, { junior: '0' })) }),
  'project.closeProject': (f, t) => {
    const left = ended.get(t.organization.id) as string[]
    return { key: f.consumed ? left.pop() : left[0] }
  },
  'project.previewDistribution': async (f, t) => ({ key: await own(f, t) }),
  'project.fundJunior': async (f, t) => ({ key: await own(f, t), amount: '10.00', reference: 'OWN-1' }),
  'project.withdrawJunior': async (f, t) => ({ key: await own(f, t), amount: '10.00', reference: 'OWN-2' }),
  'project.findByKey': async (f, t) => ({ key: t.caller?.role === 'INVESTOR' ? (await f.intent(t, 'INVITED')).project : await own(f, t) }),
  'project.findByOrganization': (_f, t) => ({ organization: t.organization.id }),
  'project.findByAddress': () => ({ address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' }),
  'project.findPublic': () => ({}),
  'project.accounts': async (f, t) => ({ key: await own(f, t) }),
  'project.businessDay': (_f, t) => ({ organization: t.organization.id }),
  'project.closeDay': (_f, t) => ({ organization: t.organization.id }),
  'project.entries': (_f, t) => feed(t, 'loan'),

  'loan.findOffers': () => ({}),
  'loan.applyForLoan': async (f, t) => ({ project: await f.project(t), amount: LOAN.amount, months: LOAN.months }),
  'loan.getContract': async (f, t) => ({ loan: (await f.loan(t, 'APPROVED')).key }),
  'loan.signLoan': async (f, t) => ({ loan: (await f.loan(t, 'APPROVED', 'fresh')).key }),
  'loan.updateLoan': async (f, t) => {
    const { payment } = await f.loan(t, 'DISBURSED')
    for (const book of await f.world.inside.stores.payment.books()) {
      if (book.organization !== t.organization.id) continue
      const entries = await book.history({ key: payment as string })
      return { params: { organization: t.organization.id, payment, seq: entries.at(-1)?.seq }, check: ({ taken }: { taken: boolean }) => { if (!taken) throw new Error('the fact was not taken') } }
    }
    throw new Error('there is no Payment book')
  },
  'loan.findByKey': async (f, t) => ({ key: (await f.loan(t, 'APPROVED')).key }),
  'loan.findByProject': async (f, t) => ({ project: t.caller?.role === 'INVESTOR' ? (await f.intent(t, 'INVITED')).project : await f.project(t) }),
  'loan.findByOrganization': (_f, t) => ({ organization: t.organization.id }),
  'loan.findByUser': async (f, t) => {
    await f.loan(t, 'APPROVED')
    return { user: t.borrower.session.user }
  },
  'loan.history': async (f, t) => ({ key: (await f.loan(t, 'APPROVED')).key }),

  'loan.withdraw': async (f, t) => ({ loan: (await f.loan(t, 'APPROVED', 'fresh')).key }),
  'loan.waiveCoolingOff': async (f, t) => ({ loan: await cooling(f, t) }),
  'loan.markServiceProvided': async (f, t) => ({ loan: (await f.loan(t, 'DISBURSED')).key }),
  'loan.confirmService': (f, t) => f.fresh(`service ${t.borrower.session.user}`, async () => {
    const { key } = await f.loan(t, 'DISBURSED', 'fresh')
    await f.as(t.organization.agent, loans.markServiceProvided, { loan: key })
    return { loan: key, code: await f.world.people.code(t.borrower.address) }
  }),
  'loan.keyFacts': async (f, t) => ({ loan: (await f.loan(t, 'APPROVED')).key }),
  'loan.sendKeyFacts': async (f, t) => ({ loan: (await f.loan(t, 'APPROVED')).key }),
  'loan.previewReschedule': async (f, t) => ({ loan: (await f.loan(t, 'DISBURSED')).key, months: 9 }),
  'loan.rescheduleLoan': async (f, t) => ({ loan: (await f.loan(t, 'DISBURSED', 'fresh')).key, months: 9, reason: 'HARVEST' }),
  'loan.writeOff': (f, t) => {
    const left = defaulted.get(t.organization.id) as string[]
    return { loan: f.consumed ? left.pop() : left[0] }
  },
  'loan.checkReversal': async (f, t) => {
    const { key, payment } = await f.loan(t, 'DISBURSED')
    return { loan: key, payment }
  },
  'loan.dueList': (_f, t) => ({ organization: t.organization.id }),
  'loan.arrearsList': (_f, t) => ({ organization: t.organization.id }),
  'loan.findOwed': () => ({}),
  'loan.importLoans': async (f, t) => ({
    organization: t.organization.id, project: await own(f, t), controlTotals: { count: 1, principal: '10.00', interest: '0.00' },
    csv: `number,phone,due,principal,interest\nL-${f.next()},${t.borrower.address},2026-04-01,10.00,0.00`,
  }),
  'loan.erasePerson': () => ({ user: 'nobody-at-all', check: true }),

  'investor.requestInvitation': async (f, t) => ({ project: await f.fresh(`public ${t.organization.id}`, () => f.world.lending.project(t.organization)) }),
  'investor.inviteInvestor': async (f, t) => ({ project: await own(f, t), email: `invited-${f.next()}@fund.example`, name: 'Invited' }),
  'investor.approveInvestor': async (f, t) => ({ intent: (await f.intent(t, 'REQUESTED', 'fresh')).intent }),
  'investor.rejectInvestor': async (f, t) => ({ intent: (await f.intent(t, 'INVITED', 'fresh')).intent }),
  'investor.acceptInvitation': async (f, t) => ({ intent: (await f.intent(t, 'INVITED', 'fresh')).intent, amount: '100000.00' }),
  'investor.rejectInvitation': async (f, t) => ({ intent: (await f.intent(t, 'INVITED', 'fresh')).intent }),
  'investor.getContract': async (f, t) => ({ intent: (await f.intent(t, 'CONFIRMED')).intent }),
  'investor.signContract': async (f, t) => {
    const { intent } = await f.intent(t, 'CONFIRMED', 'fresh')
    const { digest } = (await f.as(t.organization.admin, investors.getContract, { intent })) as { digest: string }
    return { intent, digest }
  },
  'investor.findById': async (f, t) => ({ intent: (await f.intent(t, 'INVITED')).intent }),
  'investor.findByProject': async (f, t) => ({ project: (await f.intent(t, 'INVITED')).project }),
  'investor.findByInvestor': () => ({}),
  'investor.portfolio': () => ({}),
  'investor.statement': () => ({}),
  'investor.directory': () => ({}),

  'funding.fund': async (f, t) => ({ intent: (await f.intent(t, 'SIGNED', 'fresh')).intent, amount: '100000.00', reference: 'BANK-9' }),
  'funding.refund': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED', 'fresh')).intent, amount: '1000.00', reference: 'BACK-9' }),
  'funding.revert': async (f, t) => ({ key: (await f.intent(t, 'FUNDED', 'fresh')).funding, reason: 'registered twice' }),
  'funding.detect': (_f, t) => ({ organization: t.organization.id, payment: 'none', seq: 1 }),
  'funding.checkOutgoing': async (f, t) => ({ project: await f.project(t), amount: '1.00' }),
  'funding.findByKey': async (f, t) => ({ key: (await f.intent(t, 'FUNDED')).funding }),
  'funding.findByProject': async (f, t) => ({ project: (await f.intent(t, 'FUNDED')).project }),
  'funding.position': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent }),
}
