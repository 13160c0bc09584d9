import { investor as investors, type Cause } from '@growr/contracts'
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
  await world.node.settle()
  await world.clock.advance(86_400_000)
}
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
  'funding.findByKey': async (f, t) => ({ key: (await f.intent(t, 'FUNDED')).funding }),
  'funding.findByProject': async (f, t) => ({ project: (await f.intent(t, 'FUNDED')).project }),
  'funding.position': async (f, t) => ({ intent: (await f.intent(t, 'FUNDED')).intent }),
}
